#include <filesystem>
#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/results.h"
#include "cmd/output.h"
#include "cmd/perf/results.h"
#include "lib/attest/index.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/sha256.h"
#include "lib/base/text.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;

struct AddOptions {
  std::string index;
  std::vector<std::string> files;
  std::vector<std::string> keys;
};

struct CheckOptions {
  std::string index;
  std::string since;
};

// Nothing yet, for an index that is to be begun.
base::Result<std::string> read_or_empty(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::string();
  return base::read_file(path, conform::kMaxResultBytes);
}

base::Result<ExitCode> add(Context& context, const AddOptions& options) {
  const std::string place = path_in(context, options.index);
  WEFT_TRY(text, read_or_empty(place));
  attest::Policy policy{.now = context.clock.wall()};
  WEFT_TRY(keys, trusted_keys(context, options.keys));
  policy.keys = std::move(keys);
  const auto folder = std::filesystem::path(place).parent_path();
  for (const auto& file : options.files) {
    WEFT_CHECK(check_statement(context, file, policy));
    const std::string path = path_in(context, file);
    WEFT_TRY(content, base::read_file(path, attest::kMaxEnvelopeBytes));
    const std::string name =
        std::filesystem::path(path).lexically_relative(folder).generic_string();
    WEFT_TRY(line, attest::next_line(text, options.index,
                                     {name, base::sha256_hex(content), context.clock.wall()}));
    text += line;
    context.out << name << '\n';
  }
  WEFT_CHECK(base::write_file(place, text));
  return ExitCode::done;
}

// A file that is not there is no contradiction: an index may be published without them.
base::Result<bool> check_file(const Context& context, const CheckOptions& options,
                              const attest::IndexEntry& entry) {
  const std::string path = beside(path_in(context, options.index), entry.name);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;
  WEFT_TRY(content, base::read_file(path, attest::kMaxEnvelopeBytes));
  if (base::sha256_hex(content) == entry.sha256) return true;
  return Error{ExitCode::invalid,
               fmt::format("{} is not the file that {} lists", entry.name, options.index),
               "get it again from who published it"};
}

base::Result<ExitCode> check(Context& context, const CheckOptions& options) {
  WEFT_TRY(text, base::read_file(path_in(context, options.index), conform::kMaxResultBytes));
  WEFT_TRY(entries, attest::read_index(text, options.index));
  if (!options.since.empty()) {
    WEFT_TRY(earlier, base::read_file(path_in(context, options.since), conform::kMaxResultBytes));
    WEFT_CHECK(attest::check_grown(earlier, text, options.index));
  }
  std::size_t present = 0;
  for (const auto& entry : entries) {
    WEFT_TRY(found, check_file(context, options, entry));
    present += found ? 1 : 0;
  }
  if (is_structured(context)) {
    doc::Value out;
    out.set("schema", "weft.conformance-index/v1").set("entries", std::uint64_t{entries.size()});
    return print(context, out.set("files_checked", std::uint64_t{present}));
  }
  context.out << fmt::format("{}: {}, none changed or removed; {} here, unchanged\n", options.index,
                             base::plural(entries.size(), "line"), base::plural(present, "file"));
  return ExitCode::done;
}

cli::Command add_command() {
  auto options = std::make_shared<AddOptions>();
  return {
      .name = "add",
      .summary = "List signed results at the end of an index",
      .examples = {{"weft conformance index add index.jsonl runs/7/result.intoto.json --key "
                    "lab.key.pub",
                    ""}},
      .arguments = {cli::argument("INDEX", options->index, "the index; begun when missing"),
                    cli::argument("FILE", options->files, "envelopes or bundles below its folder")},
      .flags = {cli::flag("--key", options->keys, "public key that must have signed, any number")
                    .takes("FILE")},
      .exit_notes = {{ExitCode::invalid, "a file is not signed, or the index was tampered with"}},
      .run = [options](Context& context) { return add(context, *options); }};
}

cli::Command check_command() {
  auto options = std::make_shared<CheckOptions>();
  return {.name = "check",
          .summary = "Check that nothing was changed or removed in an index",
          .examples = {{"weft conformance index check index.jsonl", ""},
                       {"weft conformance index check index.jsonl --since yesterday.jsonl",
                        "it has only grown"}},
          .arguments = {cli::argument("INDEX", options->index, "the index")},
          .flags = {cli::flag("--since", options->since, "an earlier copy that it must begin with")
                        .takes("FILE")},
          .exit_notes = {{ExitCode::invalid, "something was changed or removed"}},
          .run = [options](Context& context) { return check(context, *options); }};
}

}  // namespace

cli::Command conformance_index_command() {
  return {.name = "index",
          .summary = "Keep a public list of signed results that can only grow",
          .description =
              "One line of JSON for each signed result, holding the digest of the file and of the "
              "line before. Who keeps an old copy can show that something was taken out.",
          .examples = {{"weft conformance index check index.jsonl", ""}},
          .commands = {add_command(), check_command()}};
}

}  // namespace weft::cmd
