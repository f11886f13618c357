#include "lib/base/axis.h"

#include <catch2/catch.hpp>

namespace weft::base {
namespace {

std::vector<std::string> labels(const Axis& axis) {
  std::vector<std::string> out;
  for (const auto& tick : axis.ticks) out.push_back(tick.label);
  return out;
}

using Labels = std::vector<std::string>;
using Edges = std::vector<double>;

TEST_CASE("a linear axis starts at zero and ends at a round tick above the data") {
  const Axis axis = linear_axis(17.3, 5, latency_label);
  CHECK(labels(axis) == Labels{"0", "5 ms", "10 ms", "15 ms", "20 ms"});
  CHECK(axis.position(10) == Approx(0.5));
  CHECK(labels(linear_axis(0, 4, count_label)) == Labels{"0", "0.5", "1"});
  CHECK(linear_axis(20, 4, count_label).high == 20);
}

TEST_CASE("a log axis has 1-2-5 ticks, or decades when those are too many") {
  CHECK(labels(log_axis(0.8, 12, 8, latency_label)) ==
        Labels{"500 µs", "1 ms", "2 ms", "5 ms", "10 ms", "20 ms"});
  CHECK(labels(log_axis(0.011, 4000, 8, latency_label)) ==
        Labels{"10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"});
  const Axis axis = log_axis(1, 100, 8, latency_label);
  CHECK(axis.position(10) == Approx(0.5));
  CHECK(axis.position(0) == 0);
  CHECK(axis.position(1e9) == 1);
}

TEST_CASE("a log axis of one value or of nothing still has two ends") {
  for (const double value : {0.0, 1.0, 2.0, 3.7}) {
    const Axis axis = log_axis(value, value, 8, latency_label);
    CHECK(axis.low < axis.high);
    if (value > 0) CHECK(axis.low <= value);
    CHECK(axis.high >= value);
    CHECK(axis.ticks.size() >= 2);
  }
}

TEST_CASE("a percentile axis gives every nine the same length") {
  const Axis axis = percentile_axis(99.99);
  CHECK(labels(axis) == Labels{"0%", "50%", "90%", "99%", "99.9%", "99.99%"});
  CHECK(axis.position(90) == Approx(0.25));
  CHECK(axis.position(99) == Approx(0.5));
  CHECK(axis.position(100) == 1);
}

TEST_CASE("a span axis keeps its ends") {
  const Axis axis = span_axis(0, 47, 5, seconds_label);
  CHECK(axis.high == 47);
  CHECK(labels(axis) == Labels{"0 s", "10 s", "20 s", "30 s", "40 s"});
  CHECK(span_axis(3, 3, 5, seconds_label).high > 3);
}

TEST_CASE("a log span axis keeps its ends and always has ticks") {
  CHECK(labels(log_span_axis(0.8, 12, 8, latency_label)) ==
        Labels{"1 ms", "2 ms", "5 ms", "10 ms"});
  CHECK(labels(log_span_axis(1.3, 1.9, 8, latency_label)) == Labels{"1.4 ms", "1.6 ms", "1.8 ms"});
  const Axis axis = log_span_axis(0.8, 12, 8, latency_label);
  CHECK(axis.position(0.8) == 0);
  CHECK(axis.position(12) == 1);
}

TEST_CASE("log edges are round, enclose the range and keep to the limit") {
  CHECK(log_edges(0.9, 90, 8) == Edges{0.5, 1, 2, 5, 10, 20, 50, 100});
  for (const double low : {0.0, 1e-6, 0.37, 5.0, 999.0})
    for (const double width : {1.0, 1.0001, 1.1, 1.3, 2.0, 10.0, 1e3, 1e6}) {
      const double high = std::max(low, 1e-6) * width;
      const auto edges = log_edges(low, high, 16);
      INFO(low << " to " << high);
      REQUIRE(edges.size() >= 2);
      CHECK(edges.size() <= 17);
      CHECK(edges.front() <= std::max(low, 1e-3) * (1 + 1e-9));
      CHECK(edges.back() >= high * (1 - 1e-9));
      CHECK(std::is_sorted(edges.begin(), edges.end()));
    }
}

TEST_CASE("labels change their unit where the number would get long") {
  CHECK(latency_label(0.25) == "250 µs");
  CHECK(latency_label(0.0005) == "500 ns");
  CHECK(latency_label(1.5) == "1.5 ms");
  CHECK(latency_label(2000) == "2 s");
  CHECK(count_label(1500) == "1.5k");
  CHECK(count_label(3e6) == "3M");
  CHECK(seconds_label(600) == "10 min");
  CHECK(percentile_label(99.99) == "99.99%");
}

}  // namespace
}  // namespace weft::base
