#include "lib/base/clock.h"

#include <catch2/catch.hpp>

namespace weft::base {

TEST_CASE("RFC 3339 times are read with offset and nanoseconds") {
  const auto time = parse_rfc3339("2020-09-08T16:29:19.355070000+05:30");
  REQUIRE(time.ok());
  CHECK(format_rfc3339(*time) == "2020-09-08T10:59:19.35507Z");
  CHECK(format_rfc3339(parse_rfc3339("2019-07-10T17:49:32.948036801Z").value()) ==
        "2019-07-10T17:49:32.948036801Z");
  CHECK(format_rfc3339(parse_rfc3339("1969-12-31T23:59:59.5Z").value()) ==
        "1969-12-31T23:59:59.5Z");
}

TEST_CASE("what is not an RFC 3339 time is refused") {
  for (const char* bad :
       {"", "2020", "2020-13-01T00:00:00Z", "2020-02-30T00:00:00Z", "2020-01-01T25:00:00Z",
        "2020-01-01T00:00:00", "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00+0530",
        "0001-01-01T00:00:00Z", "x020-01-01T00:00:00Z"}) {
    INFO(bad);
    CHECK_FALSE(parse_rfc3339(bad).ok());
  }
}

}  // namespace weft::base
