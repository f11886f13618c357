// What every command receives: streams, terminal facts, environment, clock, programs, settings.
// Commands reach the outside world only through this, so tests can run them in-process.
#pragma once

#include <iosfwd>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/environment.h"
#include "lib/base/result.h"
#include "lib/base/stop.h"
#include "lib/proc/runner.h"
#include "lib/term/terminal.h"

namespace weft::cmd {

enum class Output { table, wide, json, yaml, name, sarif, junit, github, markdown, html };

struct Context {
  std::istream& in;
  std::ostream& out;        // the result, nothing else
  std::ostream& err;        // progress, notes, errors
  term::Terminal out_term;  // is it a terminal, how wide, may it have colour
  term::Terminal err_term;
  const base::Environment& env;
  const base::Clock& clock;
  proc::Runner& runner;
  const base::StopFlag& stop;  // set by SIGINT and SIGTERM
  std::string directory;       // the working directory: relative paths and .weft.yaml start here

  // Global flags.
  Output output = Output::table;
  bool quiet = false;
  int verbose = 0;
};

// A path of the command line as seen from the working directory of the context.
std::string path_in(const Context& context, const std::string& path);

// Where the program that runs is, to start it once more.
base::Result<std::string> own_program();

}  // namespace weft::cmd
