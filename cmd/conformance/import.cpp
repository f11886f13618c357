#include <filesystem>
#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/results.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"

namespace weft::cmd {
namespace {

// A result of weft is kept byte for byte, with the signatures that stand beside it: they hold for
// those bytes only.
base::Result<perf::Store::Files> signed_files(const LoadedRuns& loaded) {
  perf::Store::Files files{{"result.json", loaded.text}};
  for (const std::string name : {"result.intoto.json", "result.sigstore.json"}) {
    std::error_code error;
    const std::string path = beside(loaded.path, name);
    if (!std::filesystem::is_regular_file(path, error)) continue;
    WEFT_TRY(text, base::read_file(path, attest::kMaxEnvelopeBytes));
    files[name] = std::move(text);
  }
  return files;
}

struct Kept {
  std::string id;
  perf::Store::Files files;
};

base::Result<std::vector<Kept>> files_of(const LoadedRuns& loaded) {
  std::vector<Kept> all;
  if (loaded.origin == conform::Origin::weft) {
    WEFT_TRY(files, signed_files(loaded));
    all.push_back({loaded.runs.front().id, std::move(files)});
    return all;
  }
  for (const auto& run : loaded.runs)
    all.push_back({run.id, {{"result.json", doc::write_json(conform::run_to_json(run))}}});
  return all;
}

base::Result<base::ExitCode> import_files(Context& context, const std::vector<std::string>& files) {
  const auto store = conformance_store(context);
  // Everything is read before anything is kept.
  std::vector<Kept> all;
  for (const auto& file : files) {
    WEFT_TRY(loaded, load_conformance(context, file));
    WEFT_TRY(kept, files_of(loaded));
    for (auto& one : kept) all.push_back(std::move(one));
  }
  for (const auto& [id, content] : all) {
    if (store.contains(id)) {
      if (!context.quiet) context.err << fmt::format("{} is stored already\n", id);
      continue;
    }
    WEFT_CHECK(store.save(id, content));
    context.out << id << '\n';
  }
  return base::ExitCode::done;
}

}  // namespace

cli::Command conformance_import_command() {
  auto files = std::make_shared<std::vector<std::string>>();
  return {
      .name = "import",
      .summary = "Store reports of others as results",
      .description =
          "Reads ConformanceReports of the Gateway API, rows that Meshery keeps for SMI and "
          "results of weft with their signatures, strictly: a report that contradicts itself is "
          "refused. Prints the ids under which they are kept.",
      .examples = {{"weft conformance import reports/*.yaml", ""},
                   {"weft conformance import smi-results.json", "one result for each row"}},
      .arguments = {cli::argument("FILE", *files, "reports to read")},
      .run = [files](Context& context) { return import_files(context, *files); }};
}

}  // namespace weft::cmd
