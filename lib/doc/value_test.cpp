#include "lib/doc/value.h"

#include <catch2/catch.hpp>
#include <set>
#include <stdexcept>

using namespace weft::doc;

namespace {

std::string letters(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

Map numbered(std::size_t size) {
  Map map;
  for (std::size_t i = 0; i < size; ++i)
    map.push_back({"key" + std::to_string(i * 7 % size), static_cast<int>(i), {}});
  return map;
}

}  // namespace

TEST_CASE("text of any length comes back, equals only itself and is ordered like strings") {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text = letters(size);
    const Text one = text;
    CHECK(one.view() == text);
    CHECK(one.size() == size);
    CHECK(one.empty() == (size == 0));
    const Text copy = one;
    CHECK(copy == one);
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = 'Z';
      CHECK_FALSE(Text(other) == one);
      CHECK(Text(other) < one);
    }
    CHECK_FALSE(Text(text + '\0') == one);
  }
  Text moved_from = letters(30);
  const Text moved = std::move(moved_from);
  CHECK(moved == letters(30));
  CHECK(moved_from.empty());
}

TEST_CASE("equal texts have equal marks, and most others different ones") {
  std::set<int> marks;
  for (const char* key :
       {"name", "namespace", "labels", "annotations", "spec", "apiVersion", "kind", "metadata",
        "allowPrivilegeEscalation", "maxRequestsPerConnection"}) {
    CHECK(Text(key).words().mark() == Text::words_of(key).mark());
    CHECK(Text(key).words().mark() != 0);
    marks.insert(Text(key).words().mark());
  }
  CHECK(marks.size() >= 9);
}

TEST_CASE("maps of any size find every key and nothing else, also when copied") {
  for (std::size_t size : {0u, 1u, 6u, 8u, 9u, 16u, 17u, 18u, 40u, 100u}) {
    const Map map = numbered(size);
    const Map copy = map;
    REQUIRE(map.size() == size);
    CHECK(map.duplicate() == nullptr);
    for (std::size_t i = 0; i < size; ++i) {
      CHECK(map.find(map[i].key) == &map[i]);
      CHECK(copy.find(map[i].key) == &copy[i]);
      CHECK(copy[i].value.integer() == static_cast<int>(i));
    }
    CHECK(map.find("key") == nullptr);
    CHECK(map.find("") == nullptr);
    CHECK(map.find(letters(20)) == nullptr);
  }
}

TEST_CASE("the first repetition of a key is found in maps of any size") {
  for (std::size_t size : {2u, 8u, 9u, 12u, 17u, 50u}) {
    std::vector<Member> members;
    for (std::size_t i = 0; i < size; ++i)
      members.push_back({"key" + std::to_string(i), static_cast<int>(i), {}});
    members.push_back({"key1", 0, {}});
    members.push_back({"key0", 0, {}});
    const Map map(std::move(members));
    CHECK(map.duplicate() == &map[size]);
    CHECK(map.find("key1") == &map[1]);
  }
}

TEST_CASE("a value can take the place of what it is a part of") {
  Value value = Value::map().set("inner", Value::list().push(letters(30)));
  value = Value(value.find("inner")->items()[0]);
  CHECK(value.string() == letters(30));
  value = Value::list().push(Value::map().set("deep", 1));
  value = std::move(value.items()[0]);
  CHECK(value.find("deep")->integer() == 1);
}

TEST_CASE("lists grow and keep what they hold") {
  Value list;
  list.set_position({3, 4});
  for (int i = 0; i < 100; ++i) list.push(std::to_string(i) + letters(20));
  const Value copy = list;
  CHECK(copy == list);
  CHECK(copy.items().back().string() == "99" + letters(20));
  CHECK(copy.position().line == 3);
}

TEST_CASE("to ask a value for another kind is refused") {
  CHECK_THROWS_AS(Value(1).string(), std::logic_error);
  CHECK_THROWS_AS(Value("a").members(), std::logic_error);
  CHECK_THROWS_AS(Value().number(), std::logic_error);
}

TEST_CASE("a column that does not fit is unknown") {
  Value value;
  value.set_position({7, 1u << 29});
  CHECK(value.position().line == 7);
  CHECK(value.position().column == 0);
  value.set_position({7, (1u << 29) - 1});
  CHECK(value.position().column == (1u << 29) - 1);
}
