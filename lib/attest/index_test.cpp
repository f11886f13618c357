#include "lib/attest/index.h"

#include <catch2/catch.hpp>

namespace weft::attest {
namespace {

std::string grown(std::string index, const std::string& name) {
  const IndexEntry entry{name, name + "-digest", base::WallTime{std::chrono::hours(1)}};
  auto line = next_line(index, "index", entry);
  if (!line) FAIL(line.error().message);
  return index + *line;
}

std::string refused(const std::string& index) {
  const auto entries = read_index(index, "index");
  REQUIRE_FALSE(entries.ok());
  return entries.error().message;
}

TEST_CASE("an index grows by lines that follow from one another") {
  const std::string index = grown(grown(grown("", "a"), "b/c"), "d");
  const auto entries = read_index(index, "index");
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 3);
  CHECK(entries->at(1).name == "b/c");
  CHECK(entries->at(1).sha256 == "b/c-digest");
  CHECK(index.starts_with(R"({"previous":")" + std::string(64, '0')));
  CHECK(read_index("", "index")->empty());
}

TEST_CASE("a line that was changed, removed or moved is found") {
  const std::string one = grown("", "a");
  const std::string two = grown(one, "b");
  const std::string three = grown(two, "c");
  const std::string problem =
      " does not follow from the line before it: a line was changed, removed or put in";
  std::string changed = three;
  changed.replace(changed.find("a-digest"), 1, "x");
  CHECK(refused(changed) == "index line 2" + problem);
  CHECK(refused(three.substr(one.size())) == "index line 1" + problem);
  CHECK(refused(one + three.substr(two.size())) == "index line 2" + problem);
  CHECK(check_grown(two, three, "index").ok());
  CHECK(check_grown(three, two, "index").error().message ==
        "index differs from the earlier copy from line 3 on");
  CHECK(check_grown(three, changed, "index").error().code == base::ExitCode::invalid);
}

TEST_CASE("what cannot be an entry is refused") {
  CHECK(refused("nonsense").find("not valid JSON") != std::string::npos);
  CHECK(refused(R"({"previous":"","name":"../x","sha256":"","added":"2026-03-01T12:00:00Z"})") ==
        "name must be a path below the folder of the index");
  const std::string one = grown("", "a");
  CHECK(next_line(one, "index", {"b", "a-digest"}).error().message ==
        "b is in index already, as a");
  CHECK(next_line(one, "index", {"/b", "x"}).error().message ==
        "/b does not lie below the folder of index");
}

}  // namespace
}  // namespace weft::attest
