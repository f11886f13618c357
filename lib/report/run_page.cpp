#include "lib/base/format.h"
#include "lib/base/markup.h"

#include "lib/report/charts.h"
#include "lib/report/distribution.h"
#include "lib/report/figure.h"
#include "lib/report/html.h"
#include "lib/report/page.h"
#include "lib/report/sections.h"

namespace weft::report {
namespace {

// How to read the latencies depends on where the tool started its clock.
std::string footer(const smp::Run& run) {
  std::string text;
  switch (run.setup.omission) {
    case smp::Omission::corrected:
      text =
          "Latency counts from the moment a request was due, so time spent waiting behind slow "
          "answers is in it.";
      break;
    case smp::Omission::uncorrected:
      text =
          "Latency counts from the real send: requests that a slow answer held back look faster "
          "than a user would have seen them (coordinated omission).";
      break;
    case smp::Omission::unknown:
      text =
          "Whether latency counts from the planned or from the real send is not known; in the "
          "second case high percentiles may be too low.";
      break;
  }
  return fmt::format(
      "<footer>{}{}</footer>\n", text,
      run.id.empty() ? "" : " Run <code>" + base::escape_markup(run.id) + "</code>.");
}

// A source that lacks the data for a chart is named here, so that nobody looks for the chart.
std::string not_drawn(const smp::Run& run) {
  std::string out;
  if (run.latency.empty())
    out += note("Latency: the source states none.");
  else if (!has_counts(run.latency))
    out += note(
        "Latency distribution: the source states percentiles only, so how many requests lie "
        "between them is not known.");
  if (run.intervals.empty()) out += note("Over time: the source has no figures over time.");
  return out;
}

}  // namespace

std::string run_page(const smp::Run& run) {
  std::string body = "<main>\n" + heading(run) + trust(run) + tiles(run);
  body += "<div class=\"two\">\n";
  body += section("distribution", "Latency distribution", distribution_chart(run));
  body += section("percentiles", "Latency by percentile", percentile_chart(run));
  body += "</div>\n";
  body += section("latency-over-time", "Latency over time", latency_over_time_chart(run));
  body += section("rate-over-time", "Requests per second", rate_over_time_chart(run));
  body += "<div class=\"two\">\n";
  body += section("figures", "Percentiles", percentile_table(run));
  body += section("outcomes", "Answers and errors", outcomes(run));
  body += "</div>\n";
  body += section("resources", "Resource use", resources_table(run));
  body += "<div class=\"three\">\n";
  body += section("set-up", "Set-up", setup_facts(run));
  body += section("environment", "Environment", environment_facts(run));
  body += section("generator", "Load generator", generator_facts(run));
  body += "</div>\n";
  body += section("not-drawn", "Not drawn", not_drawn(run)) + footer(run) + "</main>\n";
  return document(base::escape_markup(display_name(run)) + " · weft", body);
}

}  // namespace weft::report
