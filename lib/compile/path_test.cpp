#include "lib/compile/path.h"

#include <catch2/catch.hpp>

#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::compile {
namespace {

doc::Value yaml(const std::string& text) {
  auto read = doc::read_yaml(doc::Source("object.yaml", text));
  REQUIRE(read.ok());
  return read->front().root;
}

Path path(std::string_view text) {
  auto parsed = parse_path(text);
  REQUIRE(parsed.ok());
  return *parsed;
}

std::string json(const doc::Value& value) {
  return std::string(base::trim(doc::write_json(value, 0)));
}

std::string made(const std::string& object, std::string_view at, std::size_t index = 0) {
  doc::Value value = yaml(object);
  make(value, path(at), index, [](doc::Value& place, const std::string&) { place = "x"; });
  return json(value);
}

TEST_CASE("a path makes what is missing") {
  struct Row {
    const char* object;
    const char* path;
    const char* result;
  };
  const Row rows[] = {
      {"{}", "a.b", R"({"spec":{"a":{"b":"x"}}})"},
      {"{}", "/metadata.annotations.'a.io/b'", R"({"metadata":{"annotations":{"a.io/b":"x"}}})"},
      {"{}", "a[1]", R"({"spec":{"a":[null,"x"]}})"},
      {"{}", "a[*].b", R"({"spec":{"a":[{"b":"x"}]}})"},
      {"{spec: {a: [{}, {}]}}", "a[*].b", R"({"spec":{"a":[{"b":"x"},{"b":"x"}]}})"},
      {"{spec: {a: [1, 2]}}", "a[$]", R"({"spec":{"a":[1,"x"]}})"},
      {"{}", "a[name=n].b", R"({"spec":{"a":[{"name":"n","b":"x"}]}})"},
      {"{spec: {a: [{name: router}]}}", "a[^name=n].b",
       R"({"spec":{"a":[{"name":"n","b":"x"},{"name":"router"}]}})"},
      {"{spec: {a: [{name: n, c: 1}]}}", "a[name=n].b",
       R"({"spec":{"a":[{"name":"n","c":1,"b":"x"}]}})"}};
  for (const Row& row : rows) {
    INFO(row.path);
    CHECK(made(row.object, row.path) == row.result);
  }
}

TEST_CASE("items that belong to a setting's items stand before the last one") {
  CHECK(made("{spec: {a: [{last: 1}]}}", "a[^i]", 1) == R"({"spec":{"a":[null,"x",{"last":1}]}})");
  CHECK(made("{}", "a[i].b", 1) == R"({"spec":{"a":[null,{"b":"x"}]}})");
  CHECK(count(yaml("{spec: {a: [1, 2, 3]}}"), path("a[i]")) == 3);
  CHECK(count(yaml("{spec: {a: [1, 2, 3]}}"), path("a[^i]")) == 2);
  CHECK(count(yaml("{spec: {}}"), path("a[^i]")) == 0);
}

TEST_CASE("looking finds what is there and says whether every item has it") {
  const doc::Value object = yaml("{spec: {a: [{b: 1}, {b: 2}, {}]}}");
  std::string seen;
  const auto note = [&seen](const doc::Value& value, const std::string& place) {
    seen += place + "=" + json(value) + " ";
  };
  CHECK_FALSE(look(object, path("a[*].b"), 0, note));
  CHECK(seen == "spec.a[0].b=1 spec.a[1].b=2 ");
  CHECK(look(object, path("a[1].b"), 0, note));
  CHECK_FALSE(look(object, path("a[7].b"), 0, note));
  CHECK_FALSE(look(object, path("a.b"), 0, note));
}

TEST_CASE("a malformed path is a bug of the tables") {
  for (const auto text : {"a[", "a[x]", "a.'b", "a..b"}) {
    INFO(text);
    CHECK_FALSE(parse_path(text).ok());
  }
}

}  // namespace
}  // namespace weft::compile
