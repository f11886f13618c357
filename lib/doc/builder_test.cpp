#include "lib/doc/builder.h"

#include <catch2/catch.hpp>

#include "lib/doc/write.h"

using namespace weft;
using namespace weft::doc;

namespace {

Builder builder(Limits limits = {}, Builder::Repeats repeats = Builder::Repeats::refused) {
  return Builder(std::make_shared<const Source>("in.yaml", ""), limits, repeats);
}

}  // namespace

TEST_CASE("events become one value, with the places they came from") {
  Builder b = builder();
  b.begin_map({1, 1});
  b.key("list", {1, 2});
  b.begin_list({1, 8});
  b.scalar(Value(std::int64_t{1}), {1, 9});
  b.scalar(Value("two"), {1, 12});
  b.end();
  b.key("none", {2, 1});
  b.absent();
  b.end();
  REQUIRE(b.ok());
  const Document document = b.take();
  CHECK(write_json(document.root, 0) == R"({"list":[1,"two"],"none":null})"
                                        "\n");
  CHECK(document.root.find("list")->items()[1].position().column == 12);
  CHECK(document.root.find("none")->position().line == 2);
}

TEST_CASE("a key that stands twice is refused, or its last value counts and is told") {
  const auto feed = [](Builder& b) {
    b.begin_map({1, 1});
    b.key("a", {1, 2});
    b.scalar(Value(std::int64_t{1}), {1, 5});
    b.key("a", {2, 2});
    b.scalar(Value(std::int64_t{2}), {2, 5});
    b.end();
  };
  Builder strict = builder();
  feed(strict);
  REQUIRE_FALSE(strict.ok());
  CHECK(strict.take_error().where.line == 2);

  Builder lenient = builder({}, Builder::Repeats::last_counts);
  feed(lenient);
  REQUIRE(lenient.ok());
  CHECK(write_json(lenient.take().root, 0) == R"({"a":2})"
                                              "\n");
  CHECK(lenient.take_repeated().size() == 1);
}

TEST_CASE("keys that are merged in do not replace the map's own") {
  Builder b = builder();
  b.begin_map({1, 1});
  b.key("a", {1, 2});
  b.scalar(Value("own"), {1, 5});
  b.merge_key({2, 1});
  b.begin_map({2, 5});
  b.key("a", {2, 6});
  b.scalar(Value("merged"), {2, 9});
  b.key("b", {2, 12});
  b.scalar(Value("merged"), {2, 15});
  b.end();
  b.end();
  REQUIRE(b.ok());
  CHECK(write_json(b.take().root, 0) == R"({"a":"own","b":"merged"})"
                                        "\n");
}

TEST_CASE("depth and nodes are bounded, and nothing happens after a failure") {
  Builder deep = builder({.depth = 2});
  for (std::uint32_t i = 1; i <= 3; ++i) deep.begin_list({1, i});
  CHECK_FALSE(deep.ok());
  deep.scalar(Value("late"), {9, 9});
  CHECK(deep.take_error().where.column == 3);

  Builder wide = builder({.nodes = 3});
  wide.begin_list({1, 1});
  for (std::uint32_t i = 2; i <= 4; ++i) wide.scalar(Value(true), {1, i});
  CHECK_FALSE(wide.ok());
}

TEST_CASE("after a document the builder takes the next, after a reset a new beginning") {
  Builder b = builder();
  b.scalar(Value("one"), {1, 1});
  CHECK(b.take().root == Value("one"));
  b.begin_list({2, 1});
  b.fail({2, 2}, "broken");
  b.reset();
  CHECK(b.ok());
  b.scalar(Value("two"), {3, 1});
  CHECK(b.take().root == Value("two"));
}
