#include <memory>
#include <ostream>

#include "cmd/confirm.h"
#include "cmd/perf/perf.h"
#include "cmd/perf/results.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/perf/results.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  std::vector<std::string> results;
  bool yes = false;
};

Result<std::vector<std::string>> ids_of(const perf::Store& store, const Options& options) {
  std::vector<std::string> ids;
  for (const auto& selector : options.results) {
    WEFT_TRY(id, perf::require_run(store, selector));
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

Result<ExitCode> remove(Context& context, const Options& options) {
  const auto store = store_of(context);
  WEFT_TRY(ids, ids_of(store, options));
  const std::string all = base::join(ids, ", ");
  if (!options.yes) WEFT_CHECK(confirm(context, fmt::format("remove {} for good?", all)));
  for (const auto& id : ids) {
    WEFT_CHECK(store.remove(id));
    context.out << (context.output == Output::name ? id : "removed " + id) << '\n';
  }
  return ExitCode::done;
}

}  // namespace

cli::Command perf_rm_command() {
  auto options = std::make_shared<Options>();
  return {.name = "rm",
          .summary = "Remove results for good",
          .examples = {{"weft perf rm 20260301-120000-k3f9x2", ""},
                       {"weft perf rm --yes latest", "without asking"}},
          .arguments = {cli::argument("RESULT", options->results, "ids or names of stored results")
                            .completes(complete_result)},
          .flags = {cli::flag("--yes", options->yes, "do not ask").as('y')},
          .exit_notes = {{ExitCode::unconfirmed, "not confirmed, nothing was removed"}},
          .run = [options](Context& context) { return remove(context, *options); }};
}

}  // namespace weft::cmd
