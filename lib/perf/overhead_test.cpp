#include "lib/perf/overhead.h"

#include <catch2/catch.hpp>

namespace weft::perf {
namespace {

using namespace std::chrono_literals;

smp::Run run_of(int turn, std::uint64_t latency_ns, std::optional<double> proxy_mcores) {
  smp::Run run;
  run.id = std::to_string(turn) + (proxy_mcores ? "m" : "p");
  run.started = base::WallTime(std::chrono::seconds(1'000 + 10 * turn));
  run.ended = *run.started + 5s;
  run.setup.urls = {proxy_mcores ? "http://meshed/" : "http://plain/"};
  run.setup.requested_qps = 100;
  run.counts.planned = run.counts.completed = 500;
  run.actual_qps = 100;
  run.generator.verdict = smp::Verdict::valid;
  stats::Histogram latency;
  for (int second = 0; second < 5; ++second) {
    stats::Histogram slice;
    for (std::uint64_t i = 0; i < 100; ++i) slice.record(latency_ns + i * 100);
    latency.merge(slice);
    run.intervals.push_back({double(second), 1, 100, 100, 0, slice.sparse()});
  }
  run.latency = smp::Distribution::of(std::move(latency));
  if (proxy_mcores)
    run.resources["dp"] = {.cpu_mcores = *proxy_mcores,
                           .cpu_mcores_assigned = 2000,
                           .mem_mb = 50,
                           .mem_mb_assigned = 1000};
  return run;
}

TEST_CASE("the cost of a mesh is told per 1000 requests, and scored") {
  std::vector<smp::Run> plain, meshed;
  for (int i = 0; i < 3; ++i) {
    plain.push_back(run_of(2 * i, 1'000'000, std::nullopt));
    meshed.push_back(run_of(2 * i + 1, 2'000'000, 40.0 + 10 * i));
  }
  const auto overhead = overhead_of(plain, meshed, smp::MeshMarkMethod::headroom);
  REQUIRE(overhead.ok());
  REQUIRE(overhead->costs.size() == 1);
  CHECK(overhead->costs[0].part == "dp");
  CHECK(*overhead->costs[0].usage.cpu_mcores == Approx(50));
  CHECK(*overhead->costs[0].cpu_s_per_1000 == Approx(0.5));
  CHECK(*overhead->costs[0].mb_per_1000qps == Approx(500));
  REQUIRE(overhead->mark);
  CHECK_FALSE(overhead->mark->partial);
  const auto json = overhead_to_json(*overhead);
  CHECK(json.find("meshmark") != nullptr);
  CHECK(json.find("costs")->items()[0].find("cpu_s_per_1000_requests")->number() == Approx(0.5));
}

}  // namespace
}  // namespace weft::perf
