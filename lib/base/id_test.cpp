#include "lib/base/id.h"

#include <catch2/catch.hpp>
#include <set>

using namespace weft::base;

TEST_CASE("an id begins with its second, so that ids sort by time") {
  using namespace std::chrono;
  const WallTime noon{sys_days{year{2026} / 3 / 1} + 12h + 5s};
  const std::string id = new_id(noon);
  CHECK(id.substr(0, 16) == "20260301-120005-");
  CHECK(id.size() == 22);
  CHECK(id.find_first_of("ilou", 16) == std::string::npos);
  CHECK(new_id(noon + 1s).substr(0, 16) > id.substr(0, 16));
}

TEST_CASE("ids of one second differ") {
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.insert(new_id(WallTime{}));
  CHECK(ids.size() == 100);
}
