#include "lib/smp/import.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"
#include "lib/smp/run_json.h"
#include "lib/smp/smp_write.h"
#include "lib/testkit/paths.h"

namespace weft::smp {

namespace {

base::Result<std::vector<Run>> import(const std::string& text, const ImportOptions& options = {}) {
  return import_text(doc::Source("input", text), options);
}

// The fixtures are the seeds of the fuzzer too.
Run fixture(const std::string& name) {
  INFO(name);
  const auto text = base::read_file(testkit::testdata("fuzz/smp/import/" + name));
  REQUIRE(text.ok());
  auto runs = import(*text);
  if (!runs) FAIL(runs.error().message);
  REQUIRE(runs->size() == 1);
  return runs->front();
}

base::Error refusal(const std::string& text, const ImportOptions& options = {}) {
  INFO(text);
  const auto runs = import(text, options);
  REQUIRE_FALSE(runs.ok());
  return runs.error();
}

std::string fortio(const std::string& data, const std::string& count = "2") {
  return R"({"ActualQPS": 1, "DurationHistogram": {"Count": )" + count +
         R"(, "Min": 0.001, "Max": 0.002, "Avg": 0.0015, "Data": [)" + data + "]}}";
}

using Errors = std::map<std::string, std::uint64_t>;

}  // namespace

TEST_CASE("wrk's text is read, its units and errors included") {
  const Run run = fixture("wrk.txt");
  CHECK(run.origin.format == "wrk");
  CHECK(run.setup.urls == std::vector<std::string>{"http://127.0.0.1:8080/"});
  CHECK(run.setup.connections == 16);
  CHECK(run.setup.duration == std::chrono::seconds(10));
  CHECK(run.latency.mean_ms == 0.25);
  CHECK(run.latency.max_ms == 2000);
  CHECK(run.latency.percentile_ms(99) == 12);
  CHECK_FALSE(run.latency.min_ms);
  CHECK_FALSE(run.started);
  CHECK(run.counts.completed == 200000);
  CHECK(run.counts.bytes_received == 2097152);
  CHECK(run.counts.errors == Errors{{"read", 3}, {"timeout", 5}, {"status", 7}});
  CHECK(run.actual_qps == 20000);
}

TEST_CASE("wrk2's corrected and uncorrected latencies are kept apart") {
  const Run run = fixture("wrk2.txt");
  CHECK(run.setup.load_generator == "wrk2");
  CHECK(run.setup.omission == Omission::corrected);
  CHECK(run.latency.percentile_ms(99) == 8);
  CHECK(run.latency.min_ms == 0.5);
  CHECK(run.latency.mean_ms == 2.1);
  CHECK(run.latency.count == 100);
  REQUIRE(run.latency.buckets.size() == 5);
  CHECK(run.latency.buckets[1].count == 49);
  CHECK(run.service_time.percentile_ms(99) == 3);
  CHECK(run.service_time.max_ms == 4);
}

TEST_CASE("several runs of wrk in one file are several runs") {
  const std::string one =
      "Running 1s test @ http://a/\n  1 threads and 2 connections\n"
      "  5 requests in 1.00s, 1.00KB read\nRequests/sec: 5.00\n";
  const auto runs = import(one + one);
  REQUIRE(runs.ok());
  CHECK(runs->size() == 2);
  CHECK_THAT(refusal(one + one.substr(0, one.size() - 20)).message, Catch::Contains("ends before"));
}

TEST_CASE("the JSON of Meshery's wrk2 is found behind its preamble") {
  const Run run = fixture("wrk2-fork.txt");
  CHECK(run.setup.load_generator == "wrk2");
  CHECK(run.latency.min_ms == 0.5);
  CHECK(run.latency.percentile_ms(99) == 8.5);
  CHECK(run.counts.error_total() == 2);
}

TEST_CASE("hey's text is read, percent signs single or double") {
  const Run run = fixture("hey.txt");
  CHECK(run.latency.percentile_ms(10) == 0.5);
  CHECK(run.latency.percentile_ms(50) == 2.0);
  CHECK(run.latency.min_ms == Approx(0.3));
  CHECK(run.counts.completed == 200);
  CHECK(run.counts.errors == Errors{{"status", 10}, {"refused", 4}, {"timeout", 1}});
}

TEST_CASE("hey's CSV gives exact percentiles") {
  const Run run = fixture("hey.csv");
  CHECK(run.latency.count == 3);
  CHECK(run.latency.max_ms == 3);
  CHECK(run.actual_qps == Approx(300));
  CHECK(run.counts.errors == Errors{{"status", 1}});
}

TEST_CASE("both shapes of h2load's table are read") {
  const Run old = fixture("h2load-152.txt");
  CHECK(old.setup.connections == 3);
  CHECK(old.setup.protocol == "h2");
  CHECK(old.latency.min_ms == Approx(0.022));
  CHECK(old.latency.max_ms == 1.37);
  CHECK_FALSE(old.latency.percentile_ms(50));
  CHECK(old.counts.completed == 298);
  CHECK(old.counts.errors == Errors{{"status", 1}, {"timeout", 1}, {"protocol", 1}});
  CHECK(old.counts.bytes_received == 44700);
  CHECK_THAT(old.warnings.front(), Catch::Contains("--log-file"));

  const Run recent = fixture("h2load-169.txt");
  CHECK(recent.latency.percentile_ms(50) == 2);
  CHECK(recent.latency.percentile_ms(99) == 80);
  CHECK(recent.latency.mean_ms == 5);
}

TEST_CASE("h2load's log and JSON are read") {
  const Run log = fixture("h2load-log.tsv");
  CHECK(log.latency.count == 2);
  CHECK(log.latency.max_ms == 3);
  CHECK(log.actual_qps == Approx(2 / 1.002));
  CHECK(log.counts.errors == Errors{{"status", 1}, {"protocol", 1}});
  const Run json = fixture("h2load.json");
  CHECK(json.latency.percentile_ms(90) == 9);
  CHECK(json.latency.percentile_ms(99) == 80);
  CHECK(json.counts.completed == 199);
}

TEST_CASE("k6's three shapes say the same") {
  for (const char* name : {"k6-export.json", "k6-summary.json", "k6-machine.json"}) {
    const Run run = fixture(name);
    INFO(name);
    CHECK(run.latency.percentile_ms(50) == 2);
    CHECK(run.latency.percentile_ms(90) == 4);
    CHECK(run.counts.completed == 1000);
    CHECK(run.actual_qps == 99.5);
  }
  CHECK_FALSE(fixture("k6-export.json").latency.percentile_ms(99));
  CHECK(fixture("k6-summary.json").latency.percentile_ms(99) == 9);
  CHECK(fixture("k6-machine.json").counts.error_ratio() == Approx(0.01));
  CHECK(base::format_rfc3339(*fixture("k6-machine.json").started) == "2026-01-01T00:00:00Z");
}

TEST_CASE("a true threshold of k6's export is a missed one") {
  const Run flat = fixture("k6-export.json");
  REQUIRE(flat.warnings.size() == 1);
  CHECK_THAT(flat.warnings.front(), Catch::Contains("p(95)<4"));
  CHECK(flat.counts.error_ratio() == Approx(0.02));
  CHECK(fixture("k6-summary.json").warnings.size() == 1);
}

TEST_CASE("oha, vegeta and ghz are read in their own units") {
  const Run oha = fixture("oha.json");
  CHECK(oha.latency.percentile_ms(99) == 50);
  CHECK(oha.latency.percentile_ms(99.9) == 80);
  CHECK_FALSE(oha.latency.percentile_ms(99.99));
  CHECK(oha.counts.errors == Errors{{"status", 2}, {"timeout", 2}});
  const Run vegeta = fixture("vegeta.json");
  CHECK(vegeta.latency.percentile_ms(99) == 3.53);
  CHECK(vegeta.counts.completed == 98);
  CHECK(vegeta.counts.errors == Errors{{"no_answer", 2}, {"status", 1}});
  const Run ghz = fixture("ghz.json");
  CHECK(ghz.latency.percentile_ms(99) == 8);
  CHECK(ghz.setup.method == "helloworld.Greeter.SayHello");
  CHECK(base::format_rfc3339(*ghz.started) == "2026-01-01T00:00:00Z");
  CHECK(ghz.counts.errors == Errors{{"status", 5}});
}

TEST_CASE("Nighthawk's percentiles are the first tick that reaches them") {
  const Run run = fixture("nighthawk.json");
  CHECK(run.latency.percentile_ms(50) == 1.5);
  CHECK(run.latency.percentile_ms(99) == 7);
  CHECK(run.latency.percentile_ms(99.9) == 9);
  CHECK(run.setup.connections == 20);
  CHECK(run.setup.requested_qps == 100);
  CHECK(run.setup.loop == Loop::open);
  CHECK(run.actual_qps == Approx(200.6));
  CHECK(run.counts.completed == 1000);
  CHECK(run.counts.errors == Errors{{"status", 10}, {"connect", 3}});
  CHECK(run.setup.load_generator_version == "0.5.0");
}

TEST_CASE("cumulative buckets of Meshery's wrk2 become counts") {
  const Run run = fixture("meshery-2026-wrk2.json");
  CHECK(run.origin.format == "meshery");
  CHECK(run.name == "a test");
  CHECK(run.mesh.type == "istio");
  CHECK(run.test_id == "t1");
  REQUIRE(run.latency.buckets.size() == 3);
  CHECK(run.latency.buckets[1].count == 40);
  CHECK(run.latency.buckets[0].start_ms == 1);
  CHECK(run.latency.percentile_ms(50) == 2);
  CHECK(run.setup.requested_qps == 10);
}

TEST_CASE("a fortio file without samples has no latencies, whatever it says") {
  const Run run = fixture("fortio-empty.json");
  CHECK(run.latency.empty());
  CHECK(run.counts.completed == 0);
  CHECK(run.counts.errors == Errors{{"socket", 3}});
}

TEST_CASE("impossible histograms are refused with their position") {
  const std::string good = R"({"Start": 0.001, "End": 0.002, "Percent": 100, "Count": 2})";
  CHECK(import(fortio(good)).ok());
  const std::pair<std::string, std::string> bad[] = {
      {R"({"Start": 0.001, "End": 0.002, "Count": -2})", "Count is -2"},
      {R"({"Start": 0.001, "End": 0.002, "Count": 1.5})", "Count is 1.5"},
      {R"({"Start": 0.001, "End": 0.002, "Count": 18446744073709551616})", "Count is"},
      {R"({"Start": 0.001, "End": 0.002, "Count": "NaN"})", "Count is the text \"NaN\""},
      {R"({"Start": 0.003, "End": 0.002, "Count": 1})", "do not ascend"},
      {R"({"Start": 1e308, "End": 1e308, "Count": 1})", "too large"},
      {R"({"Start": 0.001, "Count": 1})", "needs Start, End and Count"},
      {"[]", "needs Start, End and Count"}};
  for (const auto& [bucket, reason] : bad) {
    const auto error = refusal(fortio(bucket));
    CHECK(error.code == base::ExitCode::input);
    CHECK(error.where.line == 1);
    CHECK(error.where.column > 1);
    CHECK_THAT(error.message, Catch::Contains(reason));
  }
  const std::string half = R"({"Start": 0.001, "End": 0.002, "Count": 9223372036854775807})";
  CHECK_THAT(refusal(fortio(half + "," + half + "," + half)).message,
             Catch::Contains("too large to add up"));
}

TEST_CASE("a failed fortio run is refused with fortio's reason") {
  for (const char* text : {R"({"Error": "Aborting", "Exception": {}})",
                           R"({"error": "Aborting", "message": "no", "exception": "x"})"}) {
    const auto error = refusal(text);
    CHECK(error.code == base::ExitCode::input);
    CHECK_THAT(error.message, Catch::Contains("failed"));
    CHECK_THAT(error.cause, Catch::Contains("Aborting"));
  }
}

TEST_CASE("what is no result at all names the known formats") {
  for (const char* text : {"just some prose", "{}", "[]", "null", "key: value", "[1, 2]"}) {
    const auto error = refusal(text);
    CHECK(error.code == base::ExitCode::input);
    CHECK_THAT(error.message, Catch::Contains("smp, fortio, meshery, nighthawk"));
  }
  CHECK(refusal("").message == "the file is empty");
  CHECK(refusal(R"({"DurationHistogram": )").where.line == 1);
}

TEST_CASE("a forced format must be known, and decides") {
  CHECK(refusal("{}", {.format = "fortios"}).code == base::ExitCode::usage);
  CHECK_THAT(refusal("{}", {.format = "fortios"}).message, Catch::Contains("fortio"));
  CHECK_THAT(refusal("{}", {.format = "fortio"}).message, Catch::Contains("DurationHistogram"));
}

TEST_CASE("weft's own results are read back, in JSON and as an SMP bundle") {
  Run run;
  run.id = "r1";
  run.started = base::parse_rfc3339("2026-01-01T00:00:00Z").value();
  run.actual_qps = 99.5;
  run.latency.percentiles_ms = {{50, 20}, {90, 30}, {99, 40}};
  run.latency.min_ms = 10;
  run.latency.mean_ms = 21;
  run.latency.max_ms = 50;
  for (const auto& text :
       {doc::write_json(run_to_json(run)), doc::write_yaml(smp_bundle(run)),
        doc::write_json(to_protojson(smp_bundle(run))), doc::write_yaml(smp_result(run))}) {
    INFO(text);
    const auto runs = import(text);
    REQUIRE(runs.ok());
    CHECK(runs->front().actual_qps == 99.5);
    CHECK(runs->front().latency.percentile_ms(99) == 40);
  }
}

TEST_CASE("the unit of an SMP result that looks like seconds must be said") {
  const std::string text =
      "start_time: 2026-01-01T00:00:00Z\nclient:\n  rps: 0.9\n  latencies_ms:\n"
      "    {min: 0.01, average: 0.02, p50: 0.02, p90: 0.03, p99: 0.055, max: 0.35}\n";
  CHECK_THAT(refusal(text).remedy, Catch::Contains("--latency-unit"));
  const auto runs = import(text, {.latency_unit = LatencyUnit::seconds});
  REQUIRE(runs.ok());
  CHECK(runs->front().latency.percentile_ms(99) == 55);
}

TEST_CASE("a fault in one of many lines is reported with its line") {
  const std::string good = fortio(R"({"Start": 0.001, "End": 0.002, "Count": 2})");
  const auto runs = import(good + "\n" + good + "\n");
  REQUIRE(runs.ok());
  CHECK(runs->size() == 2);
  CHECK(refusal(good + "\n\n" + fortio("3") + "\n").where.line == 3);
}

}  // namespace weft::smp
