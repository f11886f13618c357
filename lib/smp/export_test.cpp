#include "lib/smp/export.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/smp/csv.h"
#include "lib/smp/import.h"

namespace weft::smp {

namespace {

Run sample() {
  Run run;
  run.id = "20260301-120000-abcdef";
  run.name = "say \"hi\", twice";
  run.labels = {{"env.name", "a\\b"}};
  run.started = base::parse_rfc3339("2026-03-01T12:00:00Z").value();
  run.ended = *run.started + std::chrono::seconds(10);
  run.setup.load_generator = "weft";
  run.setup.urls = {"http://me:secret@127.0.0.1:8080/"};
  run.setup.protocol = "http/1.1";
  run.setup.connections = 8;
  run.setup.requested_qps = 1000;
  run.setup.duration = std::chrono::seconds(10);
  run.actual_qps = 999.5;
  stats::Histogram histogram;
  for (int i = 1; i <= 10000; ++i)
    histogram.record(static_cast<std::uint64_t>(200'000 * std::exp(i * 0.0005)));
  run.latency = Distribution::of(std::move(histogram));
  run.counts.completed = 10000;
  run.counts.statuses = {{"200", 9990}, {"503", 10}};
  run.counts.errors = {{"status", 10}};
  return run;
}

std::string exported(const Run& run, std::string_view format) {
  const auto text = export_runs(std::span(&run, 1), format);
  if (!text) FAIL(text.error().message);
  return *text;
}

}  // namespace

TEST_CASE("fortio JSON has fortio's names and types") {
  const auto document = doc::read_json(doc::Source("x", exported(sample(), "fortio")));
  REQUIRE(document.ok());
  const doc::Value& root = document->root;
  CHECK(root.find("RunType")->string() == "HTTP");
  CHECK(root.find("RequestedQPS")->string() == "1000");
  CHECK(root.find("RequestedDuration")->string() == "10s");
  CHECK(root.find("ActualDuration")->integer() == 10'000'000'000);
  CHECK(root.find("StartTime")->string() == "2026-03-01T12:00:00Z");
  CHECK(root.find("URL")->string() == "http://127.0.0.1:8080/");
  CHECK(root.find("RetCodes")->find("503")->integer() == 10);
  const doc::Value& histogram = *root.find("DurationHistogram");
  CHECK(histogram.find("Count")->integer() == 10000);
  const auto& data = histogram.find("Data")->items();
  CHECK(data.front().find("Start")->number() == histogram.find("Min")->number());
  CHECK(data.back().find("End")->number() == histogram.find("Max")->number());
  CHECK(data.back().find("Percent")->number() == 100);
  for (const auto& bucket : data)
    CHECK(bucket.find("End")->number() <= bucket.find("Start")->number() * 1.01);
  CHECK(histogram.find("Percentiles")->size() == 5);
}

TEST_CASE("percentiles survive the way to fortio and back within 1 %") {
  const Run run = sample();
  const auto back = import_text(doc::Source("x", exported(run, "fortio")));
  REQUIRE(back.ok());
  const Run& read = back->front();
  for (const double p : {1.0, 10.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99})
    CHECK(*read.latency.percentile_ms(p) == Approx(*run.latency.percentile_ms(p)).epsilon(0.01));
  CHECK(read.setup.load_generator == "weft");
  CHECK(read.latency.count == 10000);
  CHECK(read.counts.errors == run.counts.errors);
  CHECK(read.warnings.empty());
}

TEST_CASE("an SMP result carries what SMP has no field for in its labels") {
  const auto back = import_text(doc::Source("x", exported(sample(), "smp")));
  REQUIRE(back.ok());
  const Run& read = back->front();
  CHECK(*read.latency.percentile_ms(99) == Approx(*sample().latency.percentile_ms(99)));
  CHECK(read.counts.errors == sample().counts.errors);
  CHECK(read.counts.completed == 10000);
  CHECK(read.setup.connections == 8);
}

TEST_CASE("percentiles alone become coarse buckets, latencies without a count are refused") {
  Run run;
  run.latency.percentiles_ms = {{50, 2}, {99, 9}};
  run.latency.max_ms = 10;
  CHECK_FALSE(export_runs(std::span(&run, 1), "fortio").ok());
  run.latency.count = 100;
  const auto back = import_text(doc::Source("x", exported(run, "fortio")));
  REQUIRE(back.ok());
  CHECK(back->front().latency.percentile_ms(99) == Approx(9));
}

TEST_CASE("CSV quotes what needs it and leaves the unknown empty") {
  Run unknown;
  const Run runs[] = {sample(), unknown};
  const auto text = export_runs(runs, "csv");
  REQUIRE(text.ok());
  const auto lines = base::split(*text, '\n');
  REQUIRE(lines.size() == 4);
  CHECK(base::split(lines[0], ',').size() == csv_columns().size());
  CHECK(lines[1].find("\"say \"\"hi\"\", twice\"") != std::string::npos);
  CHECK(lines[1].find("secret") == std::string::npos);
  CHECK(lines[2].starts_with(",,,,"));
}

TEST_CASE("hgrm has HdrHistogram's columns and ends with everything counted") {
  const std::string text = exported(sample(), "hgrm");
  const auto lines = base::split(text, '\n');
  CHECK(lines[0] == "       Value     Percentile TotalCount 1/(1-Percentile)");
  CHECK(lines[2].find("0.000000000000") == 13);
  CHECK(text.find(" 1.000000000000      10000\n#[Mean") != std::string::npos);
  CHECK(text.find("Total count    =        10000]") != std::string::npos);
}

TEST_CASE("OpenMetrics is escaped, cumulative and closed") {
  const std::string text = exported(sample(), "openmetrics");
  CHECK(text.ends_with("# EOF\n"));
  CHECK(text.find("label_env_name=\"a\\\\b\"") != std::string::npos);
  CHECK(text.find("name=\"say \\\"hi\\\", twice\"") != std::string::npos);
  CHECK(text.find("le=\"1.0\"} 10000\n") != std::string::npos);
  CHECK(text.find("le=\"+Inf\"} 10000\n") != std::string::npos);
  CHECK(text.find("class=\"status\"} 10\n") != std::string::npos);
}

TEST_CASE("formats that hold one run refuse two, unknown formats are named") {
  const Run runs[] = {sample(), sample()};
  CHECK(export_runs(runs, "fortio").error().code == base::ExitCode::usage);
  CHECK(export_runs(runs, "csv").ok());
  CHECK_THAT(export_runs(runs, "hgram").error().message, Catch::Contains("hgrm"));
}

}  // namespace weft::smp
