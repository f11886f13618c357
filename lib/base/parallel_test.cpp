#include "lib/base/parallel.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <numeric>
#include <vector>

namespace weft::base {

TEST_CASE("every piece of work is done once, whatever the number of threads") {
  for (const unsigned workers : {0u, 1u, 2u, 7u}) {
    std::vector<int> done(100);
    in_parallel(workers, done.size(), [&done](std::size_t i) { ++done[i]; });
    CHECK(done == std::vector<int>(100, 1));
  }
}

TEST_CASE("nothing to do is done at once") {
  in_parallel(4, 0, [](std::size_t) { FAIL("there was no work"); });
}

TEST_CASE("pieces run side by side") {
  std::atomic<int> waiting = 2;
  in_parallel(2, 2, [&waiting](std::size_t) {
    --waiting;
    while (waiting > 0) {
    }
  });
  CHECK(waiting == 0);
}

}  // namespace weft::base
