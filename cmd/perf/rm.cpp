#include <istream>
#include <memory>
#include <ostream>

#include "cmd/perf/perf.h"
#include "cmd/perf/results.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/perf/results.h"

namespace weft::cmd {
namespace {

using base::Error;
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

Result<void> confirm(Context& context, const std::vector<std::string>& ids) {
  const Error refusal{ExitCode::unconfirmed,
                      fmt::format("{} not removed: not confirmed", base::join(ids, ", ")),
                      "weft perf rm --yes " + base::join(ids, " ")};
  if (!context.err_term.tty) return refusal;
  context.err << fmt::format("remove {} for good? [y/N] ", base::join(ids, ", "));
  context.err.flush();
  std::string answer;
  std::getline(context.in, answer);
  if (answer == "y" || answer == "yes") return {};
  return refusal;
}

Result<ExitCode> remove(Context& context, const Options& options) {
  const auto store = store_of(context);
  WEFT_TRY(ids, ids_of(store, options));
  if (!options.yes) WEFT_CHECK(confirm(context, ids));
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
