#include "lib/conform/run_journal.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "lib/testkit/temp_dir.h"

using namespace weft::conform;

TEST_CASE("what was noted is read again, each object once, with the uid that came later") {
  const weft::testkit::TempDir dir;
  auto journal = RunJournal::create(dir.path(), {.run = "r1", .driver = "kubectl"});
  REQUIRE(journal.ok());
  const Made space{.kind = "Namespace", .api_version = "v1", .name = "weft-r1-1"};
  Made known = space;
  known.uid = "u-1";
  REQUIRE(journal->note({space, {.kind = std::string(kFolder), .name = "/tmp/x"}}).ok());
  REQUIRE(journal->note({known}).ok());
  const auto files = read_journals(dir.path());
  REQUIRE(files.size() == 1);
  CHECK(files[0].head.run == "r1");
  CHECK(files[0].head.driver == "kubectl");
  CHECK(files[0].made ==
        std::vector<Made>{known, {.kind = std::string(kFolder), .name = "/tmp/x"}});
  journal->remove();
  CHECK(read_journals(dir.path()).empty());
}

TEST_CASE("a line that was cut off costs nothing but itself") {
  const weft::testkit::TempDir dir;
  auto journal = RunJournal::create(dir.path(), {.run = "r1", .driver = "local"});
  REQUIRE(journal->note({{.kind = "Namespace", .name = "a"}}).ok());
  std::ofstream(dir.path() + "/r1.jsonl", std::ios::app) << R"({"kind":"Names)";
  std::ofstream(dir.path() + "/r2.jsonl") << "";
  const auto files = read_journals(dir.path());
  REQUIRE(files.size() == 1);
  CHECK(files[0].made.size() == 1);
}

TEST_CASE("a process is told from another one that has its id now") {
  ProcessId own = ProcessId::own();
  CHECK(own.runs());
  own.started += "1";
  CHECK_FALSE(own.runs());
  own = ProcessId::own();
  own.boot = "another";
  CHECK_FALSE(own.runs());
}
