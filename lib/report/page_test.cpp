#include "lib/report/page.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "lib/base/file.h"
#include "lib/report/sample_test.h"

namespace weft::report {
namespace {

bool has(const std::string& page, std::string_view text) {
  return page.find(text) != std::string::npos;
}

stats::Side side(const smp::Run& run) {
  return {run.intervals, [&](const stats::Metric& metric) -> std::optional<double> {
            if (metric.kind != stats::MetricKind::percentile) return std::nullopt;
            const auto ms = run.latency.percentile_ms(metric.percentile);
            return ms ? std::optional(*ms * 1e6) : std::nullopt;
          }};
}

std::string sample_comparison() {
  std::vector<smp::Run> runs = {sample_run(), sample_run(1.4), buckets_only_run()};
  runs[1].setup.connections = 32;
  std::vector<stats::Comparison> comparisons;
  for (std::size_t i = 1; i < runs.size(); ++i)
    comparisons.push_back(stats::compare(side(runs[0]), side(runs[i])));
  return comparison_page(runs, comparisons);
}

// The pages that scripts/test-report.sh looks at in a browser.
TEST_CASE("writes sample pages for the browser test", "[.pages]") {
  const char* folder = std::getenv("WEFT_REPORT_PAGES");
  REQUIRE(folder != nullptr);
  const std::string to = folder;
  CHECK(base::write_file(to + "/run.html", run_page(sample_run())));
  CHECK(base::write_file(to + "/percentiles.html", run_page(percentiles_only_run())));
  CHECK(base::write_file(to + "/buckets.html", run_page(buckets_only_run())));
  CHECK(base::write_file(to + "/hostile.html", run_page(hostile_run())));
  CHECK(base::write_file(to + "/comparison.html", sample_comparison()));
  CHECK(base::write_file(to + "/empty.html", run_page({})));
}

TEST_CASE("the page of a run holds its charts and figures and loads nothing") {
  const auto page = run_page(sample_run());
  CHECK(page.starts_with("<!DOCTYPE html>"));
  for (const char* id : {"distribution-chart", "percentile-chart", "latency-chart", "rate-chart"})
    CHECK(has(page, std::string("aria-labelledby=\"") + id));
  CHECK(has(page, "Valid measurement"));
  CHECK(has(page, "p99.99"));
  for (const char* outside : {"<script", "http-equiv=\"refresh\"", "src=", "@import", "url("})
    CHECK_FALSE(has(page, outside));
  CHECK(page == run_page(sample_run()));
  CHECK(page.size() < 250'000);
}

TEST_CASE("a run that states percentiles only has one chart and says what is not drawn") {
  const auto page = run_page(percentiles_only_run());
  CHECK(has(page, "aria-labelledby=\"percentile-chart"));
  for (const char* id : {"distribution-chart", "latency-chart", "rate-chart"})
    CHECK_FALSE(has(page, std::string("aria-labelledby=\"") + id));
  CHECK(has(page, "states percentiles only"));
  CHECK(has(page, "no figures over time"));
  CHECK(has(page, "The file states no start time."));
}

TEST_CASE("a run in buckets has its distribution and names its doubts") {
  const auto page = run_page(buckets_only_run());
  CHECK(has(page, "aria-labelledby=\"distribution-chart"));
  CHECK(has(page, "8 buckets of the source"));
  CHECK(has(page, "Suspect measurement"));
  CHECK(has(page, "coordinated omission"));
}

TEST_CASE("nothing that a run says becomes markup") {
  const auto page = run_page(hostile_run());
  CHECK_FALSE(has(page, "<script"));
  CHECK_FALSE(has(page, "\"\">"));
  CHECK_FALSE(has(page, "href="));
  CHECK(has(page, "&lt;script&gt;alert('x')&lt;/script&gt;&amp;\xef\xbf\xbd\xef\xbf\xbd"));
}

TEST_CASE("a comparison overlays the runs and states each change with its verdict") {
  const auto page = sample_comparison();
  for (const char* id : {"distribution-chart", "percentile-chart", "p99-chart", "rate-chart"})
    CHECK(has(page, std::string("aria-labelledby=\"") + id));
  CHECK(has(page, "B against A"));
  CHECK(has(page, "▼ worse"));
  CHECK(has(page, "run C has no intervals"));
  CHECK(has(page, "The set-up differs"));
  CHECK(has(page, "Connections"));
  CHECK(has(page, "Not drawn, because the course over time is not known: C."));
  CHECK(page == sample_comparison());
}

TEST_CASE("a comparison of hostile and empty runs is harmless") {
  const std::vector<smp::Run> runs = {hostile_run(), {}, hostile_run()};
  const std::vector<stats::Comparison> comparisons(2);
  const auto page = comparison_page(runs, comparisons);
  CHECK_FALSE(has(page, "<script"));
  CHECK_FALSE(has(page, "inf"));
}

TEST_CASE("an empty run makes a page") {
  const auto page = run_page({});
  CHECK(has(page, "unnamed run"));
  CHECK_FALSE(has(page, "<svg"));
  CHECK_FALSE(has(page, "nan"));
}

}  // namespace
}  // namespace weft::report
