#include "lib/base/cpus.h"

#include <catch2/catch.hpp>

using namespace weft;

TEST_CASE("CPU quotas of control groups are read as CPUs") {
  CHECK(base::parse_cpu_quota("150000 100000\n") == Approx(1.5));
  CHECK(base::parse_cpu_quota("max 100000\n") == 0);
  CHECK(base::parse_cpu_quota("") == 0);
  CHECK(base::parse_cpu_quota("1 0") == 0);
  CHECK(base::parse_cpu_quota("-1 100000") == 0);
  CHECK(base::cpus().usable >= 1);
}
