#include <algorithm>
#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/results.h"
#include "cmd/output.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/difference.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;

struct Options {
  std::string before;
  std::string after;
  std::string fail_on;
};

base::Result<conform::Run> load_one(const Context& context, const std::string& selector) {
  WEFT_TRY(loaded, load_conformance(context, selector));
  if (loaded.runs.size() == 1) return std::move(loaded.runs.front());
  return Error{ExitCode::input,
               fmt::format("{} holds {}", selector, base::plural(loaded.runs.size(), "result")),
               "weft conformance import it, then compare two ids"};
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string table_of(const std::vector<conform::Change>& changes, const Context& context) {
  term::Table table{{{"what"}, {"before"}, {"after"}, {"change"}, {"reason"}}};
  for (const auto& change : changes)
    table.rows.push_back(
        {{change.subject},
         {or_dash(change.before)},
         {or_dash(change.after)},
         {change.worse ? "worse" : "other", change.worse ? term::Style::red : term::Style::plain},
         {or_dash(change.reason)}});
  return term::render(table, context.out_term);
}

doc::Value document_of(const std::vector<conform::Change>& changes) {
  doc::Value list = doc::Value::list();
  for (const auto& change : changes) {
    doc::Value one;
    one.set("subject", change.subject).set("before", change.before).set("after", change.after);
    list.push(std::move(one.set("worse", change.worse).set("reason", change.reason)));
  }
  doc::Value out;
  return std::move(out.set("schema", "weft.conformance-diff/v1").set("changes", std::move(list)));
}

base::Result<ExitCode> diff(Context& context, const Options& options) {
  WEFT_TRY(before, load_one(context, options.before));
  WEFT_TRY(after, load_one(context, options.after));
  const auto changes = conform::differences(before, after);
  if (is_structured(context))
    print(context, document_of(changes));
  else if (!changes.empty())
    context.out << table_of(changes, context);
  else if (!context.quiet)
    context.err << "nothing changed\n";
  const bool worse = std::any_of(changes.begin(), changes.end(),
                                 [](const conform::Change& change) { return change.worse; });
  const bool failed =
      (options.fail_on == "worse" && worse) || (options.fail_on == "any" && !changes.empty());
  return failed ? ExitCode::no : ExitCode::done;
}

}  // namespace

cli::Command conformance_diff_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "diff",
      .summary = "Show what changed from one result to another",
      .description =
          "Verdicts of tests, capabilities of suites and the versions they were "
          "tested in. Reports of others name only tests that did not pass.",
      .examples = {{"weft conformance diff before/result.json after/result.json", ""},
                   {"weft conformance diff istio-1.27.yaml istio-1.28.yaml --fail-on worse",
                    "a gate for CI"}},
      .arguments =
          {cli::argument("BEFORE", options->before, "a result").completes(complete_conformance),
           cli::argument("AFTER", options->after, "the later one").completes(complete_conformance)},
      .flags = {cli::flag("--fail-on", options->fail_on, "differences that give exit code 1")
                    .one_of({"worse", "any"})},
      .exit_notes = {{ExitCode::no, "a difference of --fail-on was found"}},
      .run = [options](Context& context) { return diff(context, *options); }};
}

}  // namespace weft::cmd
