#include <catch2/catch.hpp>
#include <cmath>

#include "lib/base/format.h"
#include "lib/doc/read.h"

namespace weft::doc {
namespace {

Value yaml(std::string text) {
  auto documents = read_yaml(Source("test.yaml", std::move(text)));
  if (!documents.ok()) FAIL(documents.error().where.text() << ": " << documents.error().message);
  REQUIRE(documents->size() == 1);
  return documents->front().root;
}

base::Error refused(std::string text, const Limits& limits = {}) {
  auto documents = read_yaml(Source("test.yaml", std::move(text)), limits);
  REQUIRE_FALSE(documents.ok());
  CHECK(documents.error().code == base::ExitCode::input);
  return documents.error();
}

}  // namespace

TEST_CASE("plain scalars follow the YAML 1.2 core schema") {
  const Value v = yaml(
      "strings: [yes, no, on, off, y, n, 1_000, 0b1, 12:30, 2026-03-01, 0o9, 0x, ., 1e, +, v1.10]\n"
      "integers: [0, -7, +7, 0123, 0o17, 0x1F]\n"
      "numbers: [1.10, .5, 5., 1e3, -1.5E-2]\n"
      "nulls: [~, null, Null, NULL]\n"
      "empty:\n"
      "booleans: [true, True, TRUE, false]\n");
  for (const Value& item : v.find("strings")->items()) CHECK(item.is_string());
  const std::vector<std::int64_t> integers = {0, -7, 7, 123, 15, 31};
  for (std::size_t i = 0; i < integers.size(); ++i)
    CHECK(v.find("integers")->items()[i].integer() == integers[i]);
  for (const Value& item : v.find("numbers")->items()) {
    CHECK(item.is_number());
    CHECK_FALSE(item.is_int());
  }
  for (const Value& item : v.find("nulls")->items()) CHECK(item.is_null());
  CHECK(v.find("empty")->is_null());
  for (const Value& item : v.find("booleans")->items()) CHECK(item.is_bool());
}

TEST_CASE("infinities and not-a-number are numbers in YAML") {
  const Value v = yaml("[.inf, -.INF, .NaN]");
  CHECK(std::isinf(v.items()[0].number()));
  CHECK(v.items()[1].number() < 0);
  CHECK(std::isnan(v.items()[2].number()));
}

TEST_CASE("quoted scalars and !!str are strings whatever they look like") {
  for (const char* text : {"'1.10'", "\"true\"", "!!str 0123", "! 12"})
    CHECK(yaml(text).is_string());
  CHECK(yaml("!!str 0123").string() == "0123");
}

TEST_CASE("core tags are obeyed, and refused where the value does not fit") {
  CHECK(yaml("!!float 3").number() == 3);
  CHECK_FALSE(yaml("!!float 3").is_int());
  CHECK(yaml("!!int 0x10").integer() == 16);
  CHECK(refused("a: !!int x").message == "\"x\" does not fit its tag !!int");
  CHECK(refused("a: !Ref x").message == "the tag !Ref is not supported");
  CHECK(refused("a: !!set {x}").where.column == 4);
}

TEST_CASE("integers above 64 bits become doubles, numbers above a double are refused") {
  CHECK(yaml("9223372036854775807").is_int());
  CHECK(yaml("-9223372036854775808").is_int());
  CHECK(yaml("9223372036854775808").number() == 9223372036854775808.0);
  CHECK_FALSE(yaml("123456789012345678901234567890").is_int());
  const auto error = refused("sha: 12e98765");
  CHECK(error.remedy == "quote it if it is text");
}

TEST_CASE("values and keys know their line and column") {
  const Value v = yaml("a: 1\nb:\n  - x\n  -   {c: 'd'}\n");
  CHECK(v.find("a")->position().column == 4);
  const Value& inner = v.find("b")->items()[1];
  CHECK(inner.position().line == 4);
  CHECK(inner.position().column == 7);
  CHECK(inner.find("c")->position().column == 11);
  CHECK(inner.members()[0].key_position.column == 8);
}

TEST_CASE("a duplicate key is refused at the second place") {
  const auto error = refused("a: 1\nb: 2\na: 3\n");
  CHECK(error.message == "the key \"a\" stands twice in one map");
  CHECK(error.where.line == 3);
  CHECK(error.where.excerpt == "a: 3");
  CHECK(error.remedy == "remove one of them: the first is at line 1");
  CHECK(refused("{1: x, '1': y}").message == "the key \"1\" stands twice in one map");
}

TEST_CASE("ten thousand keys are read and found, and the one duplicate among them") {
  std::string text;
  for (int i = 0; i < 10'000; ++i)
    text += "key" + std::to_string(i) + ": " + std::to_string(i) + "\n";
  const Value v = yaml(text);
  CHECK(v.find("key9999")->integer() == 9999);
  CHECK(v.find("key") == nullptr);
  CHECK(refused(text + "key5000: 1\n").where.line == 10'001);
}

TEST_CASE("merge keys give what the map itself lacks") {
  const Value v = yaml(
      "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\n"
      "one: {<<: *base, b: 9}\nmany: {d: 0, <<: [*base, *more]}\nquoted: {'<<': x}\n");
  CHECK(v.find("one")->find("a")->integer() == 1);
  CHECK(v.find("one")->find("b")->integer() == 9);
  CHECK(v.find("one")->find("<<") == nullptr);
  CHECK(v.find("many")->find("b")->integer() == 2);
  CHECK(v.find("many")->find("c")->integer() == 4);
  CHECK(v.find("many")->size() == 4);
  CHECK(v.find("quoted")->find("<<")->string() == "x");
  CHECK(refused("a: {<<: 7}").message == "the merge key << needs a map, found integer");
  CHECK(refused("x: &x {}\na: {<<: *x, <<: *x}").remedy.find("[*first, *second]") !=
        std::string::npos);
}

TEST_CASE("aliases copy, also as keys; one inside its own anchor is refused") {
  const Value v = yaml("a: &x [1, 2]\nb: *x\nc: &k name\nd: {*k : 5}\n");
  CHECK(*v.find("b") == *v.find("a"));
  CHECK(v.find("d")->find("name")->integer() == 5);
  CHECK(refused("a: &x [*x]").where.column == 8);
  CHECK(refused("a: *unknown").where.line == 1);
}

TEST_CASE("an alias bomb ends at the limit") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += fmt::format("a{}: &a{} [", i, i);
    for (int k = 0; k < 9; ++k) text += before + ", ";
    text += "]\n";
  }
  CHECK(refused(text).message == "the aliases of the document expand to too much");
  std::string wide = "a: &a " + std::string(1 << 20, 'x') + "\nb: [";
  for (int i = 0; i < 100; ++i) wide += "*a, ";
  CHECK(refused(wide + "]").message == "the aliases of the document expand to too much");
}

TEST_CASE("nesting and size are bounded") {
  for (const std::size_t levels : {201u, 100'000u}) {
    const std::string text = std::string(levels, '[') + std::string(levels, ']');
    CHECK(refused(text).message == "nested deeper than 200 levels");
  }
  CHECK(refused(std::string(100'000, '[')).where.line == 1);
  CHECK(refused("[1, 2, 3]", {.nodes = 3}).message == "the document has more than 3 values");
  CHECK(refused("a: &a [[]]\nb: [*a]", {.depth = 3}).message.find("alias") != std::string::npos);
}

TEST_CASE("a stream gives each document; empty ones are left out") {
  const auto documents =
      read_yaml(Source("s", "---\na: 1\n---\n---\n# only a comment\n...\n---\nb: 2\n"));
  REQUIRE(documents.ok());
  REQUIRE(documents->size() == 2);
  CHECK(documents->back().root.find("b")->position().line == 8);
  CHECK(read_yaml(Source("s", ""))->empty());
  CHECK(read_yaml(Source("s", "# nothing\n"))->empty());
}

TEST_CASE("text after the end of a document is not a second document") {
  const auto error = refused("- a\n- b\nc: 1\n");
  CHECK(error.where.line == 3);
  CHECK(read_yaml(Source("s", "a: 1\n...\n# c\nb: 2\n"))->size() == 2);
}

TEST_CASE("text that is no text is refused where it goes wrong") {
  CHECK(refused("a: b\nc: \xff\n").message == "the text is not UTF-8 here");
  CHECK(refused("a: b\nc: \xff\n").where.line == 2);
  CHECK(refused(std::string("a: b\0c", 6)).where.column == 5);
  CHECK(refused("a: \x04\nb: 1").message.find("0x04") != std::string::npos);
  CHECK(refused("\xff\xfe"
                "a")
            .where.column == 1);
}

TEST_CASE("a byte order mark, CRLF and CR are line ends and nothing more") {
  const Value v = yaml(
      "\xef\xbb\xbf"
      "a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 2\rd: 3\n");
  CHECK(v.find("a")->integer() == 1);
  CHECK(v.find("b")->string() == "x\ny\n");
  CHECK(v.find("d")->integer() == 3);
}

TEST_CASE("mistakes of syntax come with their place and what to do") {
  const auto tab = refused("a:\n\tb: 1\n");
  CHECK(tab.where.line == 2);
  const auto indent = refused("env:\n  node_count: 5\n    node:\n      cores: 3\n");
  CHECK(indent.where.line == 3);
  CHECK(indent.message.starts_with("not valid YAML: "));
  CHECK_FALSE(indent.remedy.empty());
  CHECK(refused("a: b: c").where.column == 5);
  CHECK(refused("{a: 1").where.source == "test.yaml");
  CHECK(refused("? [a]\n: b").message == "a key must be text, not a list or a map");
  CHECK(refused("~: b").message == "a key is missing here");
}

TEST_CASE("a quoted scalar that never ends is refused") {
  for (const char* text : {"a: 1\nb: \"never\n", "a: 'it''s\n\n", "a: &x \"n\\\"\n"})
    CHECK(refused(text).message == "the quoted text that begins here never ends");
  CHECK(yaml("a: \"x\"\n\n# \" in a comment\n").is_map());
}

TEST_CASE("the column of a message counts characters, not bytes") {
  CHECK(refused("{\"µµµ\": 1, \"µµµ\": 2}").where.column == 12);
}

TEST_CASE("read() tells JSON from YAML by the first character and wants one document") {
  CHECK(read(Source("r", " \n{\"a\": 1}"))->root.find("a")->integer() == 1);
  CHECK(read(Source("r", "a: 1"))->root.find("a")->integer() == 1);
  CHECK(read(Source("r", "")).error().message == "r is empty");
  CHECK(read(Source("r", "a: 1\n---\nb: 2\n")).error().where.line == 3);
}

}  // namespace weft::doc
