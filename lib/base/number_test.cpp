#include "lib/base/number.h"

#include <catch2/catch.hpp>

namespace weft::base {

using namespace std::chrono_literals;

TEST_CASE("durations follow Go's grammar") {
  CHECK(parse_duration("300ms").value() == 300ms);
  CHECK(parse_duration("1h30m").value() == 90min);
  CHECK(parse_duration("1.5s").value() == 1500ms);
  CHECK(parse_duration("-2us").value() == -2us);
  CHECK(parse_duration("2µs").value() == 2us);
  CHECK(parse_duration("0").value() == 0ns);
  for (const char* bad : {"", "5", "s", "1x", "1..5s", "1h 3m", "9999999h", "1e3s", "-"}) {
    INFO(bad);
    CHECK_FALSE(parse_duration(bad).ok());
  }
}

TEST_CASE("a duration that is written is read back unchanged") {
  for (const Nanoseconds duration : std::initializer_list<Nanoseconds>{
           0ns, 1ns, 999ns, 1500ns, 2500us, 300ms, 1500ms, 60s, 3661s}) {
    INFO(format_duration(duration));
    CHECK(parse_duration(format_duration(duration)).value() == duration);
  }
  CHECK(format_duration(90min) == "1h30m");
  CHECK(format_duration(2500us) == "2.5ms");
}

TEST_CASE("sizes know decimal and binary units") {
  CHECK(parse_size("512").value() == 512);
  CHECK(parse_size("16KiB").value() == 16384);
  CHECK(parse_size("1MB").value() == 1000000);
  CHECK(parse_size("1.5 Gi").value() == 1610612736);
  for (const char* bad : {"", "KiB", "1XB", "-1", "1e30"}) CHECK_FALSE(parse_size(bad).ok());
}

TEST_CASE("numbers must use the whole text") {
  CHECK(parse_int("-12") == -12);
  CHECK(parse_uint("18446744073709551615") == UINT64_MAX);
  CHECK(parse_double("+0.25") == 0.25);
  CHECK_FALSE(parse_int("12 "));
  CHECK_FALSE(parse_uint("-1"));
  CHECK_FALSE(parse_double("inf"));
  CHECK_FALSE(parse_double("nan"));
  CHECK_FALSE(parse_double("0x10"));
}

TEST_CASE("latencies are shown with three significant digits") {
  CHECK(format_latency(950) == "950 ns");
  CHECK(format_latency(12'340) == "12.3 µs");
  CHECK(format_latency(4'561'000) == "4.56 ms");
  CHECK(format_latency(999'800) == "1.00 ms");
  CHECK(format_latency(123'400'000) == "123 ms");
  CHECK(format_latency(1'200'000'000) == "1.20 s");
  CHECK(format_count(1234567) == "1,234,567");
}

}  // namespace weft::base
