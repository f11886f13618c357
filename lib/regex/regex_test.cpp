#include "lib/regex/regex.h"

#include <catch2/catch.hpp>

namespace weft::regex {
namespace {

TEST_CASE("a pattern is found anywhere unless it is anchored") {
  CHECK(Regex::compile("b+")->found_in("abbc"));
  CHECK_FALSE(Regex::compile("^b+$")->found_in("abbc"));
  CHECK(Regex::compile("(?i)^ABC$")->found_in("abc"));
  CHECK(Regex::compile("^.$")->found_in("\u00e9"));
}

TEST_CASE("find gives the leftmost match from an offset") {
  const auto digits = Regex::compile("[0-9]+");
  const auto first = digits->find("a12b345");
  REQUIRE(first);
  CHECK(first->begin == 1);
  CHECK(first->end == 3);
  CHECK(digits->find("a12b345", 3)->begin == 4);
  CHECK_FALSE(digits->find("a12b345", 7));
}

TEST_CASE("a pattern that is none is refused with the reason") {
  const auto bad = Regex::compile("a(b");
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().message == "invalid regular expression a(b");
  CHECK(bad.error().cause.find("missing )") != std::string::npos);
  CHECK_FALSE(Regex::compile("(?=x)").ok());
}

}  // namespace
}  // namespace weft::regex
