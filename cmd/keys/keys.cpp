#include "cmd/keys/keys.h"

#include <filesystem>
#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/results.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;

constexpr std::uint64_t kMostKeyBytes = 1u << 20;

struct NewOptions {
  std::string file;
  std::string type = "p256";
  std::string passphrase_file;
};

doc::Value document_of(const pki::PublicKey& key, const std::string& path) {
  doc::Value out;
  out.set("schema", "weft.key/v1").set("path", path).set("type", name_of(key.type));
  out.set("key_id", pki::key_id(key)).set("hint", pki::key_hint(key));
  return std::move(out.set("public_key", pki::write_public_key(key)));
}

ExitCode show(Context& context, const pki::PublicKey& key, const std::string& path) {
  if (is_structured(context)) return print(context, document_of(key, path));
  context.out << fmt::format("type    {}\nkey id  {}\nhint    {}\n", name_of(key.type),
                             pki::key_id(key), pki::key_hint(key));
  return ExitCode::done;
}

base::Result<void> refuse_taken(const Context& context, const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::symlink_status(path_in(context, path), error);
  if (!std::filesystem::exists(status)) return {};
  return Error{ExitCode::input, fmt::format("{} exists and is left as it is", path),
               "choose another name, or remove it yourself: a lost key cannot be made again"};
}

base::Result<ExitCode> make(Context& context, const NewOptions& options) {
  const std::string public_file = options.file + ".pub";
  WEFT_CHECK(refuse_taken(context, options.file));
  WEFT_CHECK(refuse_taken(context, public_file));
  WEFT_TRY(secret, passphrase(context, options.passphrase_file));
  WEFT_TRY(key, pki::make_key(options.type == "ed25519" ? pki::KeyType::ed25519
                                                        : pki::KeyType::ecdsa_p256));
  WEFT_TRY(pem, pki::write_private_key(key, secret));
  WEFT_CHECK(base::create_file(path_in(context, options.file), pem, base::Access::owner));
  WEFT_CHECK(base::create_file(path_in(context, public_file), pki::write_public_key(key.public_key),
                               base::Access::umask));
  if (!context.quiet)
    context.err << fmt::format("wrote {} ({}; keep it secret) and {}\n", options.file,
                               secret ? "encrypted" : "not encrypted", public_file);
  return show(context, key.public_key, public_file);
}

base::Result<ExitCode> show_file(Context& context, const std::string& path,
                                 const std::string& passphrase_file) {
  WEFT_TRY(pem, base::read_file(path_in(context, path), kMostKeyBytes));
  if (pem.find("PRIVATE KEY-----") == std::string::npos) {
    WEFT_TRY(key, pki::read_public_key(pem, path));
    return show(context, key, path);
  }
  WEFT_TRY(key, load_private_key(context, path, passphrase_file));
  return show(context, key.public_key, path);
}

cli::Command new_command() {
  auto options = std::make_shared<NewOptions>();
  return {.name = "new",
          .summary = "Make a key to sign results with",
          .description =
              "Writes the private key (PKCS#8 PEM, readable by its owner only) to FILE and the "
              "public key to FILE.pub. Existing files are never overwritten. With a passphrase the "
              "private key is encrypted.",
          .examples = {{"weft keys new lab.key", "lab.key and lab.key.pub"},
                       {"weft keys new lab.key --passphrase-file secret.txt", "encrypted"}},
          .arguments = {cli::argument("FILE", options->file, "where the private key goes")},
          .flags = {cli::flag("--type", options->type, "kind of key; all verifiers take p256")
                        .one_of({"p256", "ed25519"}),
                    passphrase_flag(options->passphrase_file)},
          .run = [options](Context& context) { return make(context, *options); }};
}

cli::Command show_command() {
  auto file = std::make_shared<std::string>();
  auto secret = std::make_shared<std::string>();
  return {.name = "show",
          .summary = "Show type, id and hint of a key",
          .description =
              "The key id is what `ssh-keygen -l` calls the fingerprint; compare it with "
              "the key's owner over another way.",
          .examples = {{"weft keys show lab.key.pub", ""},
                       {"weft keys show lab.key.pub -o json", "schema weft.key/v1"}},
          .arguments = {cli::argument("FILE", *file, "a public or private key in PEM")},
          .flags = {passphrase_flag(*secret)},
          .run = [file, secret](Context& context) { return show_file(context, *file, *secret); }};
}

}  // namespace

cli::Flag passphrase_flag(std::string& file) {
  return cli::flag("--passphrase-file", file, "first line is the passphrase of the private key")
      .takes("FILE")
      .defaults_to("$WEFT_KEY_PASSPHRASE, if set");
}

base::Result<std::optional<std::string>> passphrase(const Context& context,
                                                    const std::string& file) {
  auto secret = context.env.get("WEFT_KEY_PASSPHRASE");
  if (!file.empty()) {
    WEFT_TRY(text, base::read_file(path_in(context, file), kMostKeyBytes));
    secret = std::string(base::trim(base::split(text, '\n').front()));
  }
  if (secret && secret->empty())
    return Error{ExitCode::input, fmt::format("the passphrase in {} is empty",
                                              file.empty() ? "WEFT_KEY_PASSPHRASE" : file)};
  return secret;
}

base::Result<pki::PrivateKey> load_private_key(const Context& context, const std::string& path,
                                               const std::string& passphrase_file) {
  WEFT_TRY(secret, passphrase(context, passphrase_file));
  WEFT_TRY(pem, base::read_file(path_in(context, path), kMostKeyBytes));
  return pki::read_private_key(pem, path, secret);
}

base::Result<pki::PublicKey> load_public_key(const Context& context, const std::string& path) {
  WEFT_TRY(pem, base::read_file(path_in(context, path), kMostKeyBytes));
  return pki::read_public_key(pem, path);
}

cli::Command keys_command() {
  return {.name = "keys",
          .summary = "Make and look at keys that sign results",
          .examples = {{"weft keys new lab.key", ""}, {"weft keys show lab.key.pub", ""}},
          .commands = {new_command(), show_command()},
          .heading = "Conformance"};
}

}  // namespace weft::cmd
