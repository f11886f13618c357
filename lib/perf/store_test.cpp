#include "lib/perf/store.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "lib/testkit/temp_dir.h"

namespace fs = std::filesystem;
using weft::perf::Store;
using weft::perf::valid_id;
using weft::testkit::TempDir;

TEST_CASE("a saved result is there as a whole, readable, and the only thing in the store") {
  TempDir folder;
  const Store store(folder.path() + "/deep/results");
  CHECK(store.ids().empty());
  REQUIRE(store.save("20260301-120000-aaaaaa", {{"run.json", "{}"}, {"result.json", "[]"}}).ok());
  CHECK(store.ids() == std::vector<std::string>{"20260301-120000-aaaaaa"});
  CHECK(store.read("20260301-120000-aaaaaa", "run.json").value() == "{}");
  CHECK(store.read("20260301-120000-aaaaaa", "result.json").value() == "[]");
  const auto entries = fs::directory_iterator(store.directory());
  CHECK(std::distance(fs::begin(entries), fs::end(entries)) == 1);
}

TEST_CASE("a result that cannot be written leaves nothing behind") {
  TempDir folder;
  const Store store(folder.path() + "/results");
  fs::create_directories(store.directory());
  CHECK_FALSE(store.save("one", {{"run.json", "{}"}, {std::string(300, 'x'), "too long"}}).ok());
  CHECK(fs::is_empty(store.directory()));
}

TEST_CASE("an id that is taken is refused and what is stored stays") {
  TempDir folder;
  const Store store(folder.path());
  REQUIRE(store.save("one", {{"run.json", "first"}}).ok());
  CHECK_FALSE(store.save("one", {{"run.json", "second"}}).ok());
  CHECK(store.read("one", "run.json").value() == "first");
}

TEST_CASE("a folder half written by a crash is no result and is cleared when an hour old") {
  TempDir folder;
  const Store store(folder.path());
  const fs::path fresh = folder.path() + "/.tmp-20260301-120000-aaaaaa-1f";
  const fs::path stale = folder.path() + "/.tmp-20260301-110000-bbbbbb-2f";
  for (const fs::path& path : {fresh, stale}) {
    fs::create_directory(path);
    std::ofstream(path / "run.json") << "{\"half\":";
  }
  fs::last_write_time(stale, fs::last_write_time(fresh) - std::chrono::hours(2));
  CHECK(store.ids().empty());
  REQUIRE(store.save("20260301-120000-aaaaaa", {{"run.json", "{}"}}).ok());
  CHECK(store.ids() == std::vector<std::string>{"20260301-120000-aaaaaa"});
  CHECK(fs::exists(fresh));
  CHECK_FALSE(fs::exists(stale));
}

TEST_CASE("results are listed newest first, those of one second by when they were made") {
  TempDir folder;
  const Store store(folder.path());
  for (const char* id : {"20260301-120000-zzzzzz", "20260301-120000-aaaaaa",
                         "20250101-000000-aaaaaa", "20260301-120001-aaaaaa"})
    REQUIRE(store.save(id, {{"run.json", "{}"}}).ok());
  const auto made = fs::last_write_time(store.path("20260301-120000-zzzzzz"));
  fs::last_write_time(store.path("20260301-120000-aaaaaa"), made + std::chrono::milliseconds(1));
  CHECK(store.ids() == std::vector<std::string>{"20260301-120001-aaaaaa", "20260301-120000-aaaaaa",
                                                "20260301-120000-zzzzzz",
                                                "20250101-000000-aaaaaa"});
}

TEST_CASE("removing takes one result and nothing else") {
  TempDir folder;
  const Store store(folder.path() + "/results");
  REQUIRE(store.save("one", {{"run.json", "{}"}}).ok());
  REQUIRE(store.save("two", {{"run.json", "{}"}}).ok());
  REQUIRE(store.remove("one").ok());
  CHECK(store.ids() == std::vector<std::string>{"two"});
  CHECK_FALSE(store.remove("one").ok());
  CHECK_FALSE(store.remove("..").ok());
  CHECK_FALSE(store.remove("").ok());
  CHECK(store.contains("two"));
}

TEST_CASE("an id can never lead out of the store") {
  for (const char* id : {"", ".", "..", "../x", "a/b", "/etc", ".tmp-x", "a b", "a\nb"})
    CHECK_FALSE(valid_id(id));
  CHECK_FALSE(valid_id(std::string(81, 'a')));
  CHECK(valid_id("20260301-120000-k3f9x2"));
  CHECK(valid_id("1aa5e0d4-2d06-4b9f-8d3b-0d6b4f7b4c1e"));
}
