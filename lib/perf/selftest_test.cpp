#include "lib/perf/selftest.h"

#include <catch2/catch.hpp>

namespace weft::perf {
namespace {

using namespace std::chrono_literals;

TEST_CASE("the laws of the self-test have the percentiles that they promise") {
  CHECK(fixed_truth_ms(99.9) == 2);
  CHECK(bimodal_truth_ms(50) == 1);
  CHECK(bimodal_truth_ms(98) == 1);
  CHECK(bimodal_truth_ms(99) == 50);
  // 500 ms of every 5 s: a request in ten waits, for 250 ms in the middle of them.
  CHECK(stall_truth_ms(50, 10s) == Approx(0.2));
  CHECK(stall_truth_ms(90, 10s) == Approx(0.2));
  CHECK(stall_truth_ms(95, 10s) == Approx(250.2));
  CHECK(stall_truth_ms(99, 10s) == Approx(450.2));
}

TEST_CASE("the engine sees what the law of the server does, the stall included") {
  const base::StopFlag stop;
  std::vector<std::string> names;
  const auto laws = run_selftest(
      {.qps = 200, .duration = 1s, .connections = 10},
      [&](const SelftestLaw& law) { names.push_back(law.name); }, stop);
  REQUIRE(laws.ok());
  CHECK(names == std::vector<std::string>{"fixed", "bimodal", "stall"});
  REQUIRE(laws->size() == 3);
  for (const SelftestLaw& law : *laws) {
    CHECK(law.outcome.completed == 200);
    for (const SelftestRow& row : law.rows) {
      INFO(law.name << " p" << row.percentile);
      CHECK(row.measured_ms > 0);
    }
  }
  // No answer is faster than its law; 50 ms every half second is there to be seen.
  CHECK((*laws)[0].rows[0].error_ms() >= 0);
  CHECK((*laws)[2].outcome.latency.max() > 20'000'000);
}

}  // namespace
}  // namespace weft::perf
