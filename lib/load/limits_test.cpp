#include "lib/load/limits.h"

#include <catch2/catch.hpp>

using namespace weft;

TEST_CASE("polling is for CPUs that nobody else needs") {
  CHECK(load::may_poll({.usable = 2}, 1));
  CHECK_FALSE(load::may_poll({.usable = 2}, 2));
  CHECK_FALSE(load::may_poll({.usable = 1}, 1));
  CHECK(load::may_poll({.usable = 1, .chosen = true}, 1));
  CHECK_FALSE(load::may_poll({.usable = 1, .chosen = true}, 2));
  CHECK_FALSE(load::may_poll({.usable = 1, .chosen = true, .quota = 0.5}, 1));
  CHECK(load::may_poll({.usable = 4, .quota = 3.5}, 1));
}

TEST_CASE("more open files than the machine allows are refused with the numbers") {
  CHECK(load::allow_open_files(16, 16).value() == 16);
  const auto some = load::allow_open_files(16, 2'000'000'000);
  REQUIRE(some.ok());
  CHECK(*some >= 16);
  CHECK(*some < 2'000'000'000);
  const auto refused = load::allow_open_files(2'000'000'000, 2'000'000'000);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("2000000000") != std::string::npos);
}
