#include "lib/base/heap.h"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

using namespace weft;

TEST_CASE("advice about the heap changes nothing of what is in it") {
  const auto fill = [](std::vector<std::vector<int>>& rows) {
    for (int round = 0; round < 3; ++round) {
      base::expect_large_heap();
      for (int i = 0; i < 1000; ++i) rows.emplace_back(500, i);
    }
  };
  std::vector<std::vector<int>> here, there;
  std::thread other([&] { fill(there); });
  fill(here);
  other.join();
  CHECK(here == there);
  CHECK(here.back() == std::vector<int>(500, 999));
}
