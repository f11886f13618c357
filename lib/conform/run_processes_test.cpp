#include "lib/conform/run_processes.h"

#include <catch2/catch.hpp>
#include <thread>

#include "lib/proc/system_runner.h"

using namespace weft::conform;

TEST_CASE("the processes of a run are ended, and those of another are not") {
  weft::proc::SystemRunner system(weft::base::Environment::of_process());
  RunProcesses ours(system, "run-a"), others(system, "run-b");
  int code = 0;
  std::atomic<bool> started{false};
  std::thread waiting([&] {
    weft::proc::Command command{.argv = {"sh", "-c", "echo; exec sleep 30"}};
    command.on_line = [&](weft::proc::Output, std::string_view) { started = true; };
    code = ours.run(command).value().exit_code;
  });
  while (!started) std::this_thread::yield();
  end_processes("run-b");
  CHECK(others.run({.argv = {"sh", "-c", "test $WEFT_RUN = run-b"}}).value().exit_code == 0);
  end_processes("run-a");
  waiting.join();
  CHECK(code == 128 + 9);
}
