#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/results.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"

namespace weft::cmd {
namespace {

base::Result<base::ExitCode> import_files(Context& context, const std::vector<std::string>& files) {
  const auto store = conformance_store(context);
  // Everything is read before anything is kept.
  std::vector<conform::Run> runs;
  for (const auto& file : files) {
    WEFT_TRY(loaded, load_conformance(context, file));
    for (auto& run : loaded.runs) runs.push_back(std::move(run));
  }
  for (const auto& run : runs) {
    if (store.contains(run.id)) {
      if (!context.quiet) context.err << fmt::format("{} is stored already\n", run.id);
      continue;
    }
    WEFT_CHECK(store.save(run.id, {{"result.json", doc::write_json(conform::run_to_json(run))}}));
    context.out << run.id << '\n';
  }
  return base::ExitCode::done;
}

}  // namespace

cli::Command conformance_import_command() {
  auto files = std::make_shared<std::vector<std::string>>();
  return {.name = "import",
          .summary = "Store reports of others as results",
          .description =
              "Reads ConformanceReports of the Gateway API, rows that Meshery keeps for SMI and "
              "results of weft, strictly: a report that contradicts itself is refused. Prints the "
              "ids under which they are kept.",
          .examples = {{"weft conformance import reports/*.yaml", ""},
                       {"weft conformance import smi-results.json", "one result for each row"}},
          .arguments = {cli::argument("FILE", *files, "reports to read")},
          .run = [files](Context& context) { return import_files(context, *files); }};
}

}  // namespace weft::cmd
