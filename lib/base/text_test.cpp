#include "lib/base/text.h"

#include <catch2/catch.hpp>

namespace weft::base {

TEST_CASE("a mistyped word finds what was meant") {
  const std::vector<std::string> names = {"--duration", "--connections", "--qps", "--warmup"};
  CHECK(closest("--durations", names).front() == "--duration");
  CHECK(closest("--connection", names).front() == "--connections");
  CHECK(closest("--qsp", names).front() == "--qps");
  CHECK(closest("--zzz", names).empty());
  CHECK(did_you_mean("--warmpu", names) == " (did you mean --warmup?)");
}

TEST_CASE("splitting keeps empty parts") {
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
}

TEST_CASE("UTF-8 is checked strictly") {
  CHECK(valid_utf8("plain µ 漢 😀"));
  CHECK_FALSE(valid_utf8("\xc0\xaf"));          // overlong
  CHECK_FALSE(valid_utf8("\xed\xa0\x80"));      // surrogate
  CHECK_FALSE(valid_utf8("\xf4\x90\x80\x80"));  // above U+10FFFF
  CHECK_FALSE(valid_utf8("abc\xe2\x82"));       // cut short
  CHECK(valid_utf8_length("abc\xe2\x82") == 3);
  CHECK(valid_utf8_length("0123456789abcdef\xff") == 16);
  CHECK(valid_utf8_length("01234567µ01234567\x80") == 18);
}

}  // namespace weft::base
