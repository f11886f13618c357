#include "lib/perf/processes.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/proc/system_runner.h"
#include "lib/testkit/temp_dir.h"

namespace weft::perf {
namespace {

using namespace std::chrono_literals;

// A worker as a shell script: it says what lies in the folder, waits for orders, and keeps them.
constexpr const char* kScript = R"(
folder=$1; part=${3%%/*}; orders=$5
cat "$folder/ready.$part"
[ -e "$folder/dies.$part" ] && exit 3
until [ -s "$orders" ]; do sleep 0.01; done
cat "$orders" >"$folder/order.$part"
[ -e "$folder/killed.$part" ] && kill -9 $$
cat "$folder/result.$part"
)";

struct Fixture {
  testkit::TempDir folder;
  proc::SystemRunner runner{base::Environment::of_process()};
  base::StopFlag stop;

  explicit Fixture(unsigned count) {
    put("worker.sh", kScript);
    for (unsigned i = 0; i < count; ++i) {
      smp::Run run;
      run.id = fmt::format("id-{}", i);
      run.counts.completed = i + 1;
      put(fmt::format("ready.{}", i), write_frame(ready_message(i, base::WallTime(1s))));
      put(fmt::format("result.{}", i), write_frame(result_message(i, run)));
    }
  }

  std::string path(const std::string& name) const { return folder.path() + "/" + name; }
  void put(const std::string& name, const std::string& text) {
    REQUIRE(base::write_file(path(name), text).ok());
  }
  std::string order(unsigned worker) const {
    return base::read_file(path(fmt::format("order.{}", worker))).value_or({});
  }
  Crew run(unsigned count) {
    auto crew = run_processes({.command = {"/bin/sh", path("worker.sh"), folder.path()},
                               .count = count,
                               .folder = folder.path(),
                               .runner = runner,
                               .clock = base::system_clock(),
                               .stop = stop});
    REQUIRE(crew.ok());
    return *std::move(crew);
  }
};

TEST_CASE("all processes are told the same moment to start, and all are heard") {
  Fixture fixture(3);
  const Crew crew = fixture.run(3);
  CHECK(fixture.order(0).starts_with("start 1"));
  CHECK(fixture.order(1) == fixture.order(0));
  CHECK(fixture.order(2) == fixture.order(0));
  for (unsigned i = 0; i < 3; ++i) {
    REQUIRE(crew.members()[i].run);
    CHECK(crew.members()[i].run->counts.completed == i + 1);
  }
  CHECK(crew.problems().empty());
}

TEST_CASE("a process that is killed is missing, the others are not disturbed") {
  Fixture fixture(2);
  fixture.put("killed.1", "");
  const Crew crew = fixture.run(2);
  CHECK(crew.members()[0].run);
  CHECK_FALSE(crew.members()[1].run);
  CHECK(crew.members()[1].gone == "it was killed by signal 9");
}

TEST_CASE("when a process is lost before the start the others are told to stop") {
  Fixture fixture(2);
  fixture.put("dies.0", "");
  const Crew crew = fixture.run(2);
  CHECK(crew.members()[0].gone == "it ended with code 3");
  CHECK(fixture.order(1) == "stop");
}

TEST_CASE("a request to stop is passed on") {
  Fixture fixture(2);
  fixture.stop.request();
  fixture.run(2);
  CHECK(fixture.order(0) == "stop");
  CHECK(fixture.order(1) == "stop");
}

}  // namespace
}  // namespace weft::perf
