// The whole program behind one function, so that tests can call it in-process.
//
//   Process process{.words = {"perf", "run", "--qps", "100"}, ...};
//   return run(process);
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/environment.h"
#include "lib/base/stop.h"
#include "lib/proc/runner.h"

namespace weft::cmd {

// What main() gets from the operating system and a test makes up.
struct Process {
  std::vector<std::string> words;  // the command line without the program's name
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  int out_fd = -1;  // asked whether it is a terminal; -1 is none
  int err_fd = -1;
  base::Environment env;
  const base::Clock& clock;
  proc::Runner& runner;
  base::StopFlag& stop;
  std::string directory;
};

// Reads the command line, runs the command, reports its error. Returns the exit code.
int run(Process& process);

// The process weft was started as: signals set the stop flag (a second SIGINT kills), SIGPIPE is
// ignored, a reader of standard output that went away ends the command quietly.
int run_process(int argc, char** argv);

}  // namespace weft::cmd
