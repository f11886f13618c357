#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/results.h"
#include "cmd/output.h"
#include "cmd/perf/results.h"
#include "cmd/render_error.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> keys;
  std::int64_t threshold = 1;
  std::vector<std::string> artifacts;
  std::string type;
  std::optional<std::string> challenge;
  std::optional<base::Nanoseconds> max_age;
};

struct Answer {
  std::string file;
  base::Result<CheckedStatement> checked;
};

base::Result<attest::Policy> policy_of(const Context& context, const Options& options) {
  if (options.keys.empty())
    return Error{ExitCode::usage, "no key to verify with", "--key FILE.pub"};
  if (options.threshold < 1 || options.threshold > static_cast<std::int64_t>(options.keys.size()))
    return Error{ExitCode::usage,
                 fmt::format("--threshold {} of {}", options.threshold,
                             base::plural(options.keys.size(), "key")),
                 "give --key as often as signatures are needed"};
  attest::Policy policy{.threshold = static_cast<std::size_t>(options.threshold),
                        .predicate_type = options.type,
                        .challenge = options.challenge,
                        .max_age = options.max_age,
                        .now = context.clock.wall()};
  WEFT_TRY(keys, trusted_keys(context, options.keys));
  policy.keys = std::move(keys);
  for (const auto& path : options.artifacts) {
    WEFT_TRY(content, base::read_file(path_in(context, path)));
    const auto slash = path.rfind('/');
    policy.artifacts.push_back(
        attest::subject_of(slash == std::string::npos ? path : path.substr(slash + 1), content));
  }
  return policy;
}

std::string member(const doc::Value& predicate, std::string_view key) {
  const doc::Value* value = predicate.find(key);
  return value != nullptr && value->is_string() ? value->string().str() : std::string();
}

std::string text_of(const std::string& file, const CheckedStatement& checked) {
  const auto& statement = checked.verified.statement;
  const std::string_view files =
      checked.missing.empty() ? " and unchanged" : ", not all of its files are here";
  std::string out =
      fmt::format("{}: signed{}\n  keys       {}\n  statement  {}\n", file, files,
                  base::join(checked.verified.accepted, ", "), statement.predicate_type);
  const auto line = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out += fmt::format("  {:<9}  {}\n", name, value);
  };
  line("run", member(statement.predicate, "runId"));
  if (const doc::Value* mesh = statement.predicate.find("mesh"))
    line("mesh", std::string(base::trim(member(*mesh, "name") + ' ' + member(*mesh, "version"))));
  line("verdict", member(statement.predicate, "verdict"));
  line("result", member(statement.predicate, "result"));
  line("finished", member(statement.predicate, "finished"));
  line("challenge", member(statement.predicate, "challenge"));
  line("unchanged", base::join(checked.present, ", "));
  if (!checked.missing.empty())
    line("not here", base::join(checked.missing, ", ") + " (not checked)");
  return out;
}

doc::Value list_of(const std::vector<std::string>& words) {
  doc::Value list = doc::Value::list();
  for (const auto& word : words) list.push(word);
  return list;
}

doc::Value document_of(const std::vector<Answer>& answers) {
  doc::Value files = doc::Value::list();
  for (const auto& [file, checked] : answers) {
    doc::Value one;
    one.set("file", file).set("verified", checked.ok());
    if (checked.ok()) {
      one.set("keys", list_of(checked->verified.accepted));
      one.set("predicate_type", checked->verified.statement.predicate_type);
      one.set("unchanged", list_of(checked->present)).set("missing", list_of(checked->missing));
      one.set("predicate", checked->verified.statement.predicate);
    } else {
      one.set("error", checked.error().message);
    }
    files.push(std::move(one));
  }
  doc::Value out;
  return std::move(out.set("schema", "weft.conformance-verify/v1").set("files", std::move(files)));
}

base::Result<ExitCode> verify(Context& context, const Options& options) {
  WEFT_TRY(policy, policy_of(context, options));
  std::vector<Answer> answers;
  ExitCode code = ExitCode::done;
  for (const auto& file : options.files) {
    answers.push_back({file, check_statement(context, file, policy)});
    const auto& checked = answers.back().checked;
    // The first reason decides; with one file the error is reported as every command's is.
    if (!checked.ok() && code == ExitCode::done) code = checked.error().code;
    if (!checked.ok() && options.files.size() == 1 && !is_structured(context))
      return checked.error();
  }
  if (is_structured(context)) {
    print(context, document_of(answers));
    return code;
  }
  for (const auto& [file, checked] : answers) {
    if (checked.ok())
      context.out << text_of(file, *checked);
    else
      context.err << render_error(checked.error(), context.err_term);
  }
  return code;
}

}  // namespace

cli::Command conformance_verify_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "verify",
      .summary = "Check signed results: by whom, unchanged, about which files",
      .description =
          "Takes DSSE envelopes (.intoto.json) and sigstore bundles (.sigstore.json), of weft or "
          "of "
          "cosign, or a folder with a result.intoto.json. Files that a statement speaks of are "
          "checked too when they stand beside it. A signature tells who made a result and that it "
          "is unchanged, not that the run was honest: for that there are --challenge, --threshold "
          "and countersigning.\n\n"
          "Nobody needs weft to check: cosign verify-blob-attestation takes the bundle. With "
          "openssl: "
          "decode payload and sig of the envelope by base64 -d, put \"DSSEv1 28 "
          "application/vnd.in-toto+json LENGTH \" in front of the payload, and give both to "
          "openssl "
          "dgst -sha256 -verify KEY.pub -signature SIG.",
      .examples = {{"weft conformance verify result.intoto.json --key lab.key.pub", ""},
                   {"weft conformance verify result.sigstore.json --key a.pub --key b.pub "
                    "--threshold 2 --max-age 720h",
                    "two must have signed, in the last 30 days"}},
      .arguments = {cli::argument("FILE", options->files, "envelopes and bundles")},
      .flags =
          {cli::flag("--key", options->keys, "public key to trust, any number").takes("FILE"),
           cli::flag("--threshold", options->threshold, "so many of the keys must have signed")
               .takes("N"),
           cli::flag("--artifact", options->artifacts, "file that it must speak of").takes("FILE"),
           cli::flag("--type", options->type, "predicate type that it must have").takes("URI"),
           cli::flag("--challenge", options->challenge, "challenge that it must answer")
               .takes("TEXT"),
           cli::flag("--max-age", options->max_age, "longest time since the run finished")
               .takes("DURATION")},
      .exit_notes = {{ExitCode::invalid, "a signature or a file is not what it should be"}},
      .run = [options](Context& context) { return verify(context, *options); }};
}

}  // namespace weft::cmd
