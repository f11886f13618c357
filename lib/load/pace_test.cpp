#include "lib/load/pace.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

using namespace weft;
using namespace std::chrono_literals;
using load::Pace;

TEST_CASE("a ramp is the parabola of its requests, and back") {
  const Pace pace({{.from = 100, .to = 1000, .length = 60s}});
  CHECK(pace.expected(0) == 0);
  CHECK(pace.expected(30e9) == Approx(9750));
  CHECK(pace.expected(60e9) == Approx(33'000));
  CHECK(pace.when(0) == 0);
  CHECK(pace.when(9750) == Approx(30e9));
}

TEST_CASE("stages follow each other and begin again, pauses included") {
  const Pace pace({{.from = 100, .to = 100, .length = 10s},
                   {.from = 0, .to = 0, .length = 5s},
                   {.from = 400, .to = 0, .length = 5s}});
  CHECK(pace.expected(10e9) == Approx(1000));
  CHECK(pace.expected(15e9) == Approx(1000));
  CHECK(pace.expected(20e9) == Approx(2000));
  CHECK(pace.expected(25e9) == Approx(2500));
  CHECK(pace.when(500) == Approx(5e9));
  CHECK(pace.when(1000) == Approx(15e9));  // nothing comes in the pause
  CHECK(pace.when(2500) == Approx(25e9));
}

TEST_CASE("when and expected are inverse to each other wherever the rate is not 0") {
  const Pace pace({{.from = 0, .to = 50, .length = 7s},
                   {.from = 50, .to = 3, .length = 1s},
                   {.from = 1e6, .to = 1e6, .length = 100ms}});
  double last = 0;
  for (double ns = 1e6; ns < 60e9; ns *= 1.01) {
    INFO(ns);
    const double requests = pace.expected(ns);
    CHECK(requests >= last);
    CHECK(pace.when(requests) == Approx(ns).epsilon(1e-9));
    last = requests;
  }
}

TEST_CASE("a wave has the mean of its bounds and stays between them") {
  const auto stages = load::wave(100, 500, 30s);
  const Pace pace(stages);
  CHECK(pace.expected(30e9) == Approx(9000));
  base::Nanoseconds length{0};
  for (const load::Stage& stage : stages) {
    length += stage.length;
    CHECK(stage.from >= 99.999);
    CHECK(stage.to <= 500.001);
  }
  CHECK(length == 30s);
  // The integral of 300 + 200 sin(2 pi t / 30) over the first half.
  CHECK(pace.expected(15e9) == Approx(4500 + 200 * 30 / std::numbers::pi).epsilon(2e-3));
}
