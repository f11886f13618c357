#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/markup.h"
#include "lib/base/text.h"
#include "lib/report/chart.h"
#include "lib/report/differences.h"
#include "lib/report/figure.h"
#include "lib/report/html.h"
#include "lib/report/overlay.h"
#include "lib/report/page.h"
#include "lib/report/sections.h"
#include "lib/report/setup.h"
#include "lib/smp/run_names.h"

namespace weft::report {
namespace {

std::string key(std::size_t index) {
  return fmt::format("<span class=\"key s{}\">{}</span>", index % kSeries, letter(index));
}

std::string runs_heading(std::span<const smp::Run> runs) {
  std::string title;
  for (std::size_t i = 0; i < runs.size(); ++i)
    title += (i == 0                 ? ""
              : i + 1 == runs.size() ? " and "
                                     : ", ") +
             base::escape_markup(display_name(runs[i]));
  std::string out = "<header>\n<p class=\"over\">Comparison of performance runs</p>\n<h1>" + title +
                    "</h1>\n</header>\n";
  HtmlTable rows{"The runs", {{"Run"}, {"Started"}, {"Load"}, {"Measurement"}}};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& run = runs[i];
    const bool doubtful = run.generator.verdict == smp::Verdict::suspect ||
                          run.generator.verdict == smp::Verdict::invalid || run.interrupted;
    std::string state(smp::name_of(run.generator.verdict));
    if (run.interrupted) state += state.empty() ? "interrupted" : ", interrupted";
    rows.rows.push_back({{key(i) + base::escape_markup(display_name(run))},
                         {base::escape_markup(started(run))},
                         {base::escape_markup(load_sentence(run))},
                         {base::escape_markup(state), false, doubtful ? "warn" : ""}});
  }
  return out + section("runs", "Runs", table(rows));
}

std::string setup_warning(std::span<const smp::Run> runs) {
  const auto names = differing_setup(runs);
  if (names.empty()) return {};
  return fmt::format(
      "<div class=\"callout warn\" role=\"note\"><p><strong>▲ The set-up differs.</strong> Part of "
      "any difference may come from it: {}.</p></div>\n",
      base::escape_markup(base::join(names, ", ")));
}

// Names down the side in the order in which they first appear, a column per run. Values that differ
// from those of the first run are marked.
std::string side_by_side(std::span<const smp::Run> runs, Facts (*facts_of)(const smp::Run&)) {
  std::vector<std::string> names;
  std::vector<Facts> facts;
  for (const auto& run : runs) {
    facts.push_back(facts_of(run));
    for (const auto& [name, value] : facts.back().all())
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  const auto value_of = [](const Facts& all, const std::string& name) -> std::string {
    for (const auto& [each, value] : all.all())
      if (each == name) return value;
    return {};
  };
  HtmlTable rows{"The runs side by side", {{""}}};
  for (std::size_t i = 0; i < runs.size(); ++i) rows.head.push_back({key(i)});
  for (const auto& name : names) {
    std::vector<HtmlCell> row = {{base::escape_markup(name), false, "soft"}};
    const auto first = value_of(facts.front(), name);
    for (const auto& each : facts) {
      const auto value = value_of(each, name);
      row.push_back({base::escape_markup(value), false, value == first ? "" : "differs"});
    }
    rows.rows.push_back(std::move(row));
  }
  return rows.rows.empty() ? "" : table(rows);
}

std::string differences(std::span<const smp::Run> runs,
                        std::span<const stats::Comparison> against_first) {
  std::string out;
  for (std::size_t i = 0; i < against_first.size() && i + 1 < runs.size(); ++i) {
    const auto b = i + 1;
    auto body = differences_table(against_first[i], "A", letter(b));
    if (body.empty()) continue;
    body.insert(0, note(verdict_sentence(against_first[i]) + "."));
    out += section(fmt::format("change-{}", b), fmt::format("{} against A", letter(b)), body);
  }
  return out;
}

constexpr std::string_view kFooter =
    "<footer>Intervals hold the true change in 95 of 100 such comparisons; they come from "
    "resampling blocks of time slices. A verdict needs evidence beyond them; a difference between "
    "the states of the machines during two runs looks the same as one between what was "
    "measured.</footer>\n";

}  // namespace

std::string comparison_page(std::span<const smp::Run> runs,
                            std::span<const stats::Comparison> against_first) {
  std::string body = "<main>\n" + runs_heading(runs) + setup_warning(runs);
  body += differences(runs, against_first);
  body += section("percentiles", "Latency by percentile", percentile_overlay(runs));
  body += section("distribution", "Latency distribution", distribution_overlay(runs));
  body += section("p99-over-time", "p99 latency over time", p99_overlay(runs));
  body += section("rate-over-time", "Requests per second", rate_overlay(runs));
  body += section("set-up", "Set-up", side_by_side(runs, setup_of));
  body += section("environment", "Environment", side_by_side(runs, environment_of));
  body += section("generator", "Load generator", side_by_side(runs, generator_of));
  body += std::string(kFooter) + "</main>\n";
  return document("Comparison · weft", body);
}

}  // namespace weft::report
