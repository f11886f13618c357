#include "lib/smp/run_json.h"

#include <catch2/catch.hpp>
#include <random>

#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/smp/sample_run.h"

namespace weft::smp {
namespace {

base::Result<Run> parse(const std::string& text) {
  WEFT_TRY(document, doc::read_json(doc::Source("run.json", text)));
  return run_from_json(document);
}

Run again(const Run& run) {
  auto parsed = parse(doc::write_json(run_to_json(run)));
  if (!parsed.ok()) FAIL(parsed.error().where.text() << ": " << parsed.error().message);
  return *std::move(parsed);
}

std::string refusal(const std::string& members) {
  const auto parsed = parse("{\"schema\":\"weft.perf-run/v1\"," + members + "}");
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().where.column > 1);
  return parsed.error().message;
}

}  // namespace

TEST_CASE("a run of ours survives JSON to the last bit") {
  const Run run = sample_run();
  const Run copy = again(run);
  CHECK(doc::write_json(run_to_json(copy)) == doc::write_json(run_to_json(run)));
  CHECK(copy.latency.histogram == run.latency.histogram);
  CHECK(copy.service_time.histogram == run.service_time.histogram);
  CHECK(copy.latency.mean_ms == run.latency.mean_ms);
  REQUIRE(copy.intervals.size() == run.intervals.size());
  for (std::size_t i = 0; i < run.intervals.size(); ++i) {
    CHECK(copy.intervals[i].latency == run.intervals[i].latency);
    CHECK(copy.intervals[i].start_s == run.intervals[i].start_s);
  }
  CHECK(copy.started == run.started);
  CHECK(copy.setup.duration == run.setup.duration);
  CHECK(copy.setup.seed == run.setup.seed);
  CHECK(copy.generator.verdict == Verdict::suspect);
  CHECK(copy.generator.reasons == run.generator.reasons);
  CHECK(copy.resources.at("dp").cpu_mcores == 120.5);
  CHECK_FALSE(copy.resources.at("dp").mem_mb);
}

TEST_CASE("an imported run keeps its stated percentiles and buckets") {
  Run run;
  run.latency.count = 10;
  run.latency.mean_ms = 1.25;
  run.latency.percentiles_ms = {{50, 1.5}, {99.0625, 4.75}};
  run.latency.buckets = {{0.5, 1, 4}, {1, 5, 6}};
  run.setup.unthrottled = true;
  const Run copy = again(run);
  CHECK(copy.latency.percentiles_ms == run.latency.percentiles_ms);
  REQUIRE(copy.latency.buckets.size() == 2);
  CHECK(copy.latency.buckets[1].end_ms == 5);
  CHECK(copy.latency.buckets[1].count == 6);
  CHECK(copy.setup.unthrottled);
  CHECK_FALSE(copy.setup.requested_qps);
  CHECK_FALSE(copy.latency.histogram);
}

TEST_CASE("what is not known is absent from the JSON") {
  const doc::Value json = run_to_json(Run{});
  CHECK(doc::write_json(json, 0) ==
        "{\"schema\":\"weft.perf-run/v1\",\"errors\":{},\"interrupted\":false}\n");
  CHECK(doc::write_json(run_to_json(again(Run{})), 0) == doc::write_json(json, 0));
}

TEST_CASE("the head of the JSON comes in the promised order") {
  const doc::Value json = run_to_json(sample_run());
  std::string keys;
  for (const auto& member : json.members()) keys += member.key + " ";
  CHECK(keys.starts_with(
      "schema id name requested_qps actual_qps planned completed skipped errors latency_us "
      "service_time_us send_lag_us generator_lag_us verdict reasons labels started ended "
      "interrupted setup "));
  keys.clear();
  for (const auto& member : json.find("latency_us")->members()) keys += member.key + " ";
  CHECK(keys.starts_with("count min mean p50 p75 p90 p95 p99 p999 max stddev "));
  CHECK(json.find("latency_us")->find("p50")->number() ==
        static_cast<double>(sample_run().latency.histogram->percentile(50)) / 1000);
}

TEST_CASE("other schemas and contradictions are refused") {
  CHECK(parse("{}").error().message == "schema is missing");
  CHECK(parse("{\"schema\":\"weft.perf-run/v2\"}").error().remedy == "read it with a newer weft");
  CHECK(refusal("\"planned\":-1") == "planned must be an integer of at least 0, found integer");
  CHECK(refusal("\"verdict\":\"good\"") == "verdict must be one of valid, suspect, invalid");
  CHECK(refusal("\"requested_qps\":\"fast\"") == "requested_qps must be a number or \"max\"");
  CHECK(refusal("\"started\":\"noon\"") == "started must be a time like 2026-03-01T12:00:00Z");
  CHECK(refusal("\"latency_us\":{\"histogram\":\"HISTFA\"}")
            .starts_with("latency_us.histogram cannot be read"));
  CHECK(refusal("\"latency_us\":{\"buckets\":[[2,1,5]]}") ==
        "latency_us.buckets must be a list of [start, end, count]");
  CHECK(refusal("\"intervals\":[{\"start_s\":0}]") == "intervals[0].duration_s is missing");
  Run run = sample_run();
  doc::Value json = run_to_json(run);
  json.find("latency_us")->set("max", 1);
  CHECK(parse(doc::write_json(json)).error().message ==
        "latency_us.histogram does not fit min and max");
}

TEST_CASE("240 intervals of 300 cells stay well under 200 kB") {
  Run run = sample_run();
  run.intervals.clear();
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latency(13.1, 0.08);
  for (int i = 0; i < 240; ++i) {
    stats::Histogram slice;
    do {
      for (int k = 0; k < 200; ++k) slice.record(static_cast<std::uint64_t>(latency(random)));
    } while (slice.sparse().cells.size() < 300);
    run.intervals.push_back({i * 15.0, 15.0, slice.count(), slice.count(), 0, slice.sparse()});
  }
  const std::string text = doc::write_json(run_to_json(run), 0);
  INFO(text.size() << " bytes");
  CHECK(text.size() < 160'000);
}

}  // namespace weft::smp
