#include "lib/term/fit.h"

#include <catch2/catch.hpp>

namespace weft::term {
namespace {

const Terminal kUnicode{.tty = true};
const Terminal kAscii{.tty = true, .unicode = false};

TEST_CASE("printable text cannot steer the terminal") {
  CHECK(printable("a\x1b[31mb\r\n\tc", kUnicode) == "a?[31mb???c");
  CHECK(printable("cut \xe2\x82", kUnicode) == "cut ??");
  CHECK(printable("\xc2\x9b"
                  "2J",
                  kUnicode) == "?2J");
  CHECK(printable("right\u202eleft\u2066", kUnicode) == "right?left?");
  CHECK(printable("größe 日本 µs", kUnicode) == "größe 日本 µs");
}

TEST_CASE("symbols of our renderings have ASCII stand-ins") {
  CHECK(printable("1 – 2 µs", kAscii) == "1 - 2 us");
}

TEST_CASE("truncate counts columns, not bytes") {
  CHECK(truncate("hello", 5, kUnicode) == "hello");
  CHECK(truncate("hello", 4, kUnicode) == "hel…");
  CHECK(truncate("hello", 4, kAscii) == "hel~");
  CHECK(truncate("日本語", 4, kUnicode) == "日…");
  CHECK(truncate("hello", 1, kUnicode) == "…");
  CHECK(truncate("hello", 0, kUnicode).empty());
}

TEST_CASE("wrap breaks at spaces and keeps long words whole") {
  CHECK(wrap("one two three", 7) == "one two\nthree");
  CHECK(wrap("one two", 9, 4, 2) == "one\n  two");
  CHECK(wrap("a-very-long-word b", 5) == "a-very-long-word\nb");
  CHECK(wrap("日本 語", 5) == "日本\n語");
  CHECK(wrap("", 5).empty());
}

TEST_CASE("pad fills to a width in columns") {
  CHECK(pad("µs", 4) == "µs  ");
  CHECK(pad("µs", 4, Align::right) == "  µs");
  CHECK(pad("long", 2) == "long");
}

}  // namespace
}  // namespace weft::term
