#include "lib/load/settling.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "lib/load/random.h"

namespace weft::load {
namespace {

// The period after which a series of medians counts as settled, and what is cut then.
struct Decision {
  std::size_t after = 0, cut = 0;
};

template <typename Median>
std::optional<Decision> decide(Median median, std::size_t periods = 400) {
  Settling settling;
  for (std::size_t i = 0; i < periods; ++i) {
    settling.add(median(i));
    if (const auto cut = settling.cut()) return Decision{i + 1, *cut};
  }
  return std::nullopt;
}

TEST_CASE("latencies that are the same from the start settle as soon as it can be told") {
  Random random(1);
  const auto steady = decide([&](std::size_t) { return 1e6 * (1 + 0.02 * random.unit()); });
  REQUIRE(steady);
  CHECK(steady->after <= 60);
  const auto equal = decide([](std::size_t) { return 5.0; });
  REQUIRE(equal);
  CHECK(equal->after == Settling::kBatch * Settling::kLeastBatches);
  CHECK(equal->cut == 0);
}

TEST_CASE("a slow start is waited for and left out") {
  Random random(2);
  const auto warming = decide([&](std::size_t i) {
    return 1e6 * (1 + 4 * std::exp(-static_cast<double>(i) / 20) + 0.02 * random.unit());
  });
  REQUIRE(warming);
  CHECK(warming->after > 50);
  CHECK(warming->cut >= 25);

  const auto step = decide([&](std::size_t i) { return (i < 22 ? 5e6 : 1e6) + random.unit(); });
  REQUIRE(step);
  CHECK(step->cut == 25);  // whole batches
  CHECK(step->after >= 50);
}

TEST_CASE("what gets slower and slower, or faster and faster, never settles") {
  CHECK_FALSE(decide([](std::size_t i) { return 1e6 + 1e4 * static_cast<double>(i); }));
  CHECK_FALSE(decide([](std::size_t i) { return 1e8 - 1e4 * static_cast<double>(i); }));
  CHECK_FALSE(Settling().cut());
}

}  // namespace
}  // namespace weft::load
