#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/perf.h"
#include "cmd/perf/results.h"
#include "cmd/perf/summary.h"
#include "lib/base/format.h"
#include "lib/perf/results.h"
#include "lib/report/figure.h"
#include "lib/report/sections.h"
#include "lib/report/setup.h"
#include "lib/smp/run_names.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using term::Align;
using term::Style;

std::string_view verdict_name(const smp::Run& run) {
  if (run.interrupted) return "interrupted";
  const auto name = smp::name_of(run.generator.verdict);
  return name.empty() ? "-" : name;
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string milliseconds(std::optional<double> ms) { return ms ? report::milliseconds(*ms) : "-"; }

std::vector<term::Cell> row_of(const perf::Entry& entry, bool wide) {
  if (!entry.run) return {{entry.id}, {"broken: " + entry.broken, Style::red}};
  const smp::Run& run = *entry.run;
  const auto ratio = run.counts.error_ratio();
  std::vector<term::Cell> row{
      {entry.id},
      {report::display_name(run)},
      {format_when(run.started)},
      {run.setup.unthrottled ? "max" : or_dash(report::requested_rate(run.setup))},
      {run.actual_qps ? report::rate(*run.actual_qps) : "-"},
      {milliseconds(run.latency.percentile_ms(50))},
      {milliseconds(run.latency.percentile_ms(99))},
      {ratio ? report::percent(*ratio) : "-"},
      {std::string(verdict_name(run))}};
  if (wide) {
    const auto& urls = run.setup.urls;
    row.push_back({or_dash(run.setup.load_generator)});
    row.push_back({urls.empty() ? "-" : urls.front()});
  }
  return row;
}

std::string table_of(const std::vector<perf::Entry>& entries, const Context& context) {
  const bool wide = context.output == Output::wide;
  term::Table table{{{"id"},
                     {"name"},
                     {"started (UTC)"},
                     {"asked", Align::right},
                     {"qps", Align::right},
                     {"p50", Align::right},
                     {"p99", Align::right},
                     {"errors", Align::right},
                     {"verdict"}}};
  if (wide) table.columns.insert(table.columns.end(), {{"generator"}, {"target"}});
  for (const auto& entry : entries) table.rows.push_back(row_of(entry, wide));
  return term::render(table, context.out_term);
}

doc::Value document_of(const std::vector<perf::Entry>& entries, const perf::Store& store) {
  doc::Value results = doc::Value::list();
  for (const auto& entry : entries) {
    doc::Value one;
    one.set("id", entry.id).set("path", store.path(entry.id));
    if (!entry.run) {
      results.push(std::move(one.set("broken", entry.broken)));
      continue;
    }
    const smp::Run& run = *entry.run;
    const auto set = [&](const char* key, const auto& value) {
      if (value) one.set(key, *value);
    };
    if (!run.name.empty()) one.set("name", run.name);
    if (run.started) one.set("started", base::format_rfc3339(*run.started));
    if (!run.setup.urls.empty()) one.set("url", run.setup.urls.front());
    set("requested_qps", run.setup.requested_qps);
    set("actual_qps", run.actual_qps);
    set("p50_ms", run.latency.percentile_ms(50));
    set("p99_ms", run.latency.percentile_ms(99));
    set("error_ratio", run.counts.error_ratio());
    one.set("verdict", verdict_name(run));
    results.push(std::move(one));
  }
  doc::Value document;
  document.set("schema", "weft.perf-list/v1").set("results", std::move(results));
  return document;
}

base::Result<base::ExitCode> list(Context& context) {
  const auto store = store_of(context);
  if (context.output == Output::name) {
    for (const auto& id : store.ids()) context.out << id << '\n';
    return base::ExitCode::done;
  }
  const auto entries = perf::list_runs(store);
  if (is_structured(context)) return print(context, document_of(entries, store));
  if (!entries.empty()) {
    context.out << table_of(entries, context);
  } else if (!context.quiet) {
    context.err << "no results yet; make one with: weft perf run --serve\n";
  }
  return base::ExitCode::done;
}

}  // namespace

cli::Command perf_list_command() {
  return {.name = "list",
          .summary = "List the results, newest first",
          .examples = {{"weft perf list", ""},
                       {"weft perf list -o wide", "with generator and target"},
                       {"weft perf list -o json", "schema weft.perf-list/v1"}},
          .run = [](Context& context) { return list(context); }};
}

}  // namespace weft::cmd
