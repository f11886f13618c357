#include <catch2/catch.hpp>

#include "lib/doc/read.h"

namespace weft::doc {
namespace {

Value json(std::string text) {
  auto document = read_json(Source("test.json", std::move(text)));
  if (!document.ok()) FAIL(document.error().where.text() << ": " << document.error().message);
  return document->root;
}

base::Error refused(std::string text, const Limits& limits = {}) {
  auto document = read_json(Source("test.json", std::move(text)), limits);
  REQUIRE_FALSE(document.ok());
  CHECK(document.error().code == base::ExitCode::input);
  return document.error();
}

}  // namespace

TEST_CASE("JSON values keep their kinds and places") {
  const Value v = json("{\n  \"a\": [1, -2.5, \"x\\\"y\\u00b5\", null, true],\n  \"b\" : {}\n}");
  const auto& items = v.find("a")->items();
  CHECK(items[0].is_int());
  CHECK(items[1].number() == -2.5);
  CHECK(items[2].string() == "x\"yµ");
  CHECK(items[3].is_null());
  CHECK(items[3].position().line == 2);
  CHECK(items[3].position().column == 32);
  CHECK(v.find("b")->position().line == 3);
  CHECK(v.members()[1].key_position.column == 3);
}

TEST_CASE("big integers stay exact to 64 bits and become doubles beyond") {
  CHECK(json("9223372036854775807").integer() == INT64_MAX);
  CHECK(json("18446744073709551615").number() == 18446744073709551615.0);
  CHECK(json("1e3").number() == 1000);
  CHECK(refused("[1, 1e999]").message == "the number is too large for a double");
  CHECK(refused("[1, 1e999]").where.column == 5);
}

TEST_CASE("what RFC 8259 does not allow is refused with its place") {
  for (const char* text : {"[NaN]", "[Infinity]", "{\"a\":1,}", "[1] x", "{'a':1}", "[01]", "[1,]",
                           "{\"a\" 1}", "\"a", "[", "", "[\"\\ud800\"]", "// c\n1"})
    CHECK(refused(text).message.starts_with("not valid JSON: "));
  const auto error = refused("{\n \"a\": }");
  CHECK(error.where.line == 2);
  CHECK(error.where.column == 7);
  CHECK(refused("{\"a\": [1, 2").remedy == "is the file cut short?");
  CHECK(refused("[" + std::string(5000, 'x')).message.size() < 300);
}

TEST_CASE("duplicate keys are refused at the second place, in large maps too") {
  CHECK(refused("{\"a\":1,\"b\":2,\"a\":3}").where.column == 14);
  std::string text = "{";
  for (int i = 0; i < 10'000; ++i) text += "\"k" + std::to_string(i) + "\":0,\n";
  CHECK(json(text + "\"z\":1}").find("k77")->integer() == 0);
  CHECK(refused(text + "\"k7\":1}").where.line == 10'001);
}

TEST_CASE("nesting, size and control characters are bounded in JSON") {
  CHECK(refused(std::string(100'000, '[')).message == "nested deeper than 200 levels");
  CHECK(refused("[1,2,3]", {.nodes = 3}).message == "the document has more than 3 values");
  CHECK(refused(std::string("{}\0", 3)).where.column == 3);
  CHECK(refused("\"\xc3\x28\"").message == "the text is not UTF-8 here");
  CHECK(json("\xef\xbb\xbf[1]").items()[0].position().column == 2);
}

}  // namespace weft::doc
