#include "lib/base/markup.h"

#include <catch2/catch.hpp>

using weft::base::escape_markup;

TEST_CASE("escape_markup leaves no character that means something to a reader of markup") {
  CHECK(escape_markup("<a href=\"x\">'&'</a>") == "&lt;a href=&quot;x&quot;&gt;'&amp;'&lt;/a&gt;");
  CHECK(escape_markup("two\nlines\tof text") == "two&#10;lines&#9;of text");
  CHECK(escape_markup("größe 日本") == "größe 日本");
}

TEST_CASE("escape_markup replaces what XML cannot hold") {
  CHECK(escape_markup(std::string_view("a\0b\x7f\x1b", 5)) ==
        "a\xef\xbf\xbd"
        "b\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(escape_markup("cut \xe2\x82") == "cut \xef\xbf\xbd\xef\xbf\xbd");
  CHECK(escape_markup("\xff\xfe"
                      "then good ü") == "\xef\xbf\xbd\xef\xbf\xbdthen good ü");
  CHECK(escape_markup("no character: \xef\xbf\xbe\xef\xbf\xbf.") ==
        "no character: \xef\xbf\xbd\xef\xbf\xbd.");
}
