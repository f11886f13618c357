#include <algorithm>
#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/results.h"
#include "cmd/keys/keys.h"
#include "cmd/perf/results.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/import.h"
#include "lib/conform/signing.h"
#include "lib/doc/write.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;

constexpr std::string_view kResultFile = "result.json";

struct Options {
  std::string file;
  std::vector<std::string> keys;
  std::string sign;
  std::string passphrase_file;
  std::string out;
  std::string bundle;
};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Everything that the statement speaks of must be here, and bear it out.
base::Result<void> check_files(const Context& context, const Options& options,
                               const CheckedStatement& checked) {
  if (!checked.missing.empty())
    return Error{ExitCode::invalid,
                 fmt::format("{} cannot be checked: {} not beside it", options.file,
                             base::join(checked.missing, ", ")),
                 "put the files that were signed into the same folder"};
  if (!contains(checked.present, kResultFile))
    return Error{ExitCode::invalid,
                 fmt::format("{} does not speak of {}", options.file, kResultFile)};
  const std::string folder = path_in(context, options.file);
  WEFT_TRY(text,
           base::read_file(beside(folder, std::string(kResultFile)), conform::kMaxResultBytes));
  WEFT_TRY(imported, conform::read_runs(doc::Source{std::string(kResultFile), std::move(text)}));
  std::string evidence;
  if (contains(checked.present, conform::kEvidenceFile)) {
    WEFT_TRY(probes, base::read_file(beside(folder, std::string(conform::kEvidenceFile))));
    evidence = std::move(probes);
  }
  return conform::check_claims(checked.verified.statement, imported.runs.front(), evidence);
}

base::Result<ExitCode> countersign(Context& context, const Options& options) {
  if (options.keys.empty() || options.sign.empty())
    return Error{ExitCode::usage, "a key to verify with and one to sign with are needed",
                 "--key THEIRS.pub --sign MINE.key"};
  attest::Policy policy{.now = context.clock.wall()};
  WEFT_TRY(keys, trusted_keys(context, options.keys));
  policy.keys = std::move(keys);
  WEFT_TRY(checked, check_statement(context, options.file, policy));
  WEFT_CHECK(check_files(context, options, checked));
  WEFT_TRY(key, load_private_key(context, options.sign, options.passphrase_file));
  attest::Envelope& envelope = checked.envelope;
  WEFT_CHECK(attest::add_signature(envelope, key));
  const std::string target = options.out.empty() ? options.file : options.out;
  if (options.out.empty() && options.file.ends_with(".sigstore.json"))
    return Error{ExitCode::usage, "a sigstore bundle holds one signature only",
                 "--out result.intoto.json, or countersign the .intoto.json file"};
  WEFT_CHECK(write_out(context, target, doc::write_json(attest::envelope_to_json(envelope), 0)));
  if (!options.bundle.empty()) {
    attest::Envelope own = envelope;
    own.signatures = {envelope.signatures.back()};
    WEFT_CHECK(write_out(context, options.bundle,
                         doc::write_json(attest::bundle_to_json(own, key.public_key), 0)));
  }
  context.out << fmt::format("{}: signed by {}, checked against {}, countersigned as {}\n", target,
                             base::join(checked.verified.accepted, ", "),
                             base::join(checked.present, ", "), pki::key_id(key.public_key));
  return ExitCode::done;
}

}  // namespace

cli::Command conformance_countersign_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "countersign",
      .summary = "Add a signature to a result after checking what it claims",
      .description =
          "Verifies the signature that is there, every file the statement speaks of, that verdicts "
          "and counts follow from the tests of result.json, and that the evidence of each test is "
          "what was recorded. Only then it adds yours.",
      .examples = {{"weft conformance countersign result.intoto.json --key lab.key.pub --sign "
                    "mine.key",
                    ""}},
      .arguments = {cli::argument("FILE", options->file, "an envelope, with its files beside it")},
      .flags = {cli::flag("--key", options->keys, "public key of who signed it").takes("FILE"),
                cli::flag("--sign", options->sign, "private key to sign with").takes("FILE"),
                passphrase_flag(options->passphrase_file),
                cli::flag("--out", options->out, "where the envelope goes instead of FILE")
                    .takes("FILE"),
                cli::flag("--bundle", options->bundle, "also write a sigstore bundle of yours")
                    .takes("FILE")},
      .exit_notes = {{ExitCode::invalid, "what is there does not bear out the statement"}},
      .run = [options](Context& context) { return countersign(context, *options); }};
}

}  // namespace weft::cmd
