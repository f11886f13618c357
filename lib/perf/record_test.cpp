#include "lib/perf/record.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using weft::load::ErrorClass;
using weft::perf::record;

namespace {

struct Example {
  weft::perf::Spec spec;
  weft::load::Plan plan;
  weft::load::Outcome outcome;

  Example() {
    spec.name = "checkout";
    spec.labels = {{"env", "test"}};
    spec.url = "http://127.0.0.1:8080/x";
    spec.rate = weft::perf::Rate{500.0};
    plan = weft::perf::to_plan(spec).value();
    outcome.started = weft::base::parse_rfc3339("2026-03-01T12:00:00Z").value();
    outcome.ended = outcome.started + 2s;
    outcome.elapsed = 2s;
    outcome.planned = 1000;
    outcome.completed = 990;
    outcome.errors[static_cast<std::size_t>(ErrorClass::timeout)] = 7;
    outcome.errors[static_cast<std::size_t>(ErrorClass::status)] = 3;
    outcome.statuses[200] = 987;
    outcome.statuses[503] = 3;
    outcome.latency.record(2'000'000);
    outcome.service_time.record(1'000'000);
    outcome.send_lag.record(2'000);
    outcome.generator_lag.record(1'000);
    outcome.seed = 42;
    outcome.threads = 1;
  }
};

}  // namespace

TEST_CASE("a record of an open loop says what was asked, done and how latency was corrected") {
  Example example;
  const auto run = record(example.spec, example.plan, example.outcome, {{{"cpus", "2"}}, 1 << 20});
  CHECK(run.id.starts_with("20260301-120000-"));
  CHECK(run.name == "checkout");
  CHECK(run.setup.requested_qps == 500.0);
  CHECK_FALSE(run.setup.unthrottled);
  CHECK(run.setup.loop == weft::smp::Loop::open);
  CHECK(run.setup.omission == weft::smp::Omission::corrected);
  CHECK(run.setup.seed == 42u);
  CHECK(run.actual_qps == 495.0);
  CHECK(run.counts.errors == std::map<std::string, std::uint64_t>{{"status", 3}, {"timeout", 7}});
  CHECK(run.counts.statuses == std::map<std::string, std::uint64_t>{{"200", 987}, {"503", 3}});
  CHECK(run.latency.max_ms == 2.0);
  CHECK(run.service_time.max_ms == 1.0);
  CHECK(run.send_lag.max_ms == 0.002);
  CHECK(run.generator_lag.max_ms == 0.001);
  CHECK(run.environment.facts == weft::smp::Labels{{"cpus", "2"}});
  CHECK(run.generator.max_rss_bytes == 1u << 20);
  CHECK(run.test_id == run.id + "-test");
}

TEST_CASE("a closed loop is recorded as unthrottled and uncorrected, without arrivals") {
  Example example;
  example.spec.rate = weft::perf::Rate{};
  example.plan = weft::perf::to_plan(example.spec).value();
  const auto run = record(example.spec, example.plan, example.outcome, {});
  CHECK(run.setup.unthrottled);
  CHECK_FALSE(run.setup.requested_qps);
  CHECK(run.setup.loop == weft::smp::Loop::closed);
  CHECK(run.setup.omission == weft::smp::Omission::uncorrected);
  CHECK(run.setup.arrival.empty());
  CHECK_FALSE(run.setup.seed);
  CHECK(run.send_lag.empty());
  CHECK(run.generator_lag.empty());
}

TEST_CASE("a record says what ended the warm-up, by which way it went and what each kind did") {
  Example example;
  example.plan.until_settled = true;
  example.plan.target.proxy = weft::net::parse_proxy("socks5://me:secret@10.0.0.1").value();
  example.plan.renewal = {.max_requests = 100, .max_age = 30s, .churn = 0.05};
  example.outcome.warmup = 12s;
  example.outcome.settled_after = 2500ms;
  example.outcome.groups.push_back({.name = "pay", .sent = 5, .completed = 4, .errors = 2});
  example.outcome.groups[0].statuses[503] = 1;
  example.outcome.groups[0].latency.record(3'000'000);
  const auto run = record(example.spec, example.plan, example.outcome, {});
  CHECK(run.setup.warmup == 12s);
  CHECK(run.setup.warmup_rule == "settled after 2.5s");
  CHECK(run.setup.proxy == "socks5://10.0.0.1:1080");
  CHECK(run.setup.renewal == "after 100 requests, after 30s, 5 % a second");
  REQUIRE(run.parts.contains("pay"));
  CHECK(run.parts.at("pay").completed == 4);
  CHECK(run.parts.at("pay").statuses.at("503") == 1);
  CHECK(run.parts.at("pay").latency.percentile_ms(50) == Approx(3).epsilon(0.01));
  CHECK(run.warnings.empty());
  example.outcome.settled_after.reset();
  CHECK(record(example.spec, example.plan, example.outcome, {}).setup.warmup_rule == "not settled");
}

TEST_CASE("a clock that was set during the run is told, for the times of day only") {
  Example example;
  example.outcome.clock_step = -90s;
  const auto run = record(example.spec, example.plan, example.outcome, {});
  REQUIRE(run.warnings.size() == 1);
  CHECK(run.warnings[0].starts_with("the clock of this machine was set back by 1m30s"));
  CHECK(run.ended == example.outcome.ended);
}

TEST_CASE("the profile's id and the mesh travel with the record") {
  Example example;
  example.spec.test_id = "5b0f";
  example.spec.mesh = {"istio", "1.24.0"};
  const auto run = record(example.spec, example.plan, example.outcome, {});
  CHECK(run.test_id == "5b0f");
  CHECK(run.mesh.version == "1.24.0");
  CHECK(run.mesh_config_id == run.id + "-mesh");
}
