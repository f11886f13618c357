#include "lib/term/sparkline.h"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

namespace weft::term {
namespace {

const Terminal kUnicode{};
const Terminal kAscii{.unicode = false};
using Values = std::vector<double>;

TEST_CASE("a sparkline maps zero to the lowest and the maximum to the highest block") {
  CHECK(sparkline(Values{0, 1, 2, 3, 4, 5, 6, 7}, kUnicode) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline(Values{0, 1, 2, 3, 4, 5, 6, 7}, kAscii) == "_.-:=+*#");
}

TEST_CASE("sparklines of nothing, one value, equal values and zeros") {
  CHECK(sparkline({}, kUnicode).empty());
  CHECK(sparkline(Values{3}, kUnicode) == "█");
  CHECK(sparkline(Values{3, 3, 3}, kUnicode) == "███");
  CHECK(sparkline(Values{0, 0}, kUnicode) == "▁▁");
}

TEST_CASE("values that are no heights count as zero") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(sparkline(Values{nan, -4, 7}, kUnicode) == "▁▁█");
  CHECK(sparkline(Values{1, std::numeric_limits<double>::infinity()}, kUnicode) == "▁▁");
}

TEST_CASE("a long series is averaged down to the columns there are") {
  CHECK(sparkline(Values{0, 0, 7, 7, 0, 14}, kUnicode, 3) == "▁██");
  CHECK(sparkline(Values{0, 7}, kUnicode, 3) == "▁█");
}

TEST_CASE("a bar is drawn in eighths and never vanishes above zero") {
  CHECK(bar(0.5, 3, kUnicode) == "█▌");
  CHECK(bar(0.5, 4, kAscii) == "##");
  CHECK(bar(1e-9, 10, kUnicode) == "▏");
  CHECK(bar(1e-9, 10, kAscii) == "#");
  CHECK(bar(0, 10, kUnicode).empty());
  CHECK(bar(7, 2, kUnicode) == "██");
}

}  // namespace
}  // namespace weft::term
