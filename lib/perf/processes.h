// Workers as processes of this machine: started, told when to begin, listened to, and ended with
// us, whatever ends us: a worker whose reader is gone stops by itself.
//
//   WEFT_TRY(crew, run_processes({command, 4, folder, runner, clock, stop, on_progress}));
//   WEFT_TRY(run, combine(spec, plan, std::move(crew)));
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/perf/crew.h"
#include "lib/proc/runner.h"

namespace weft::perf {

inline constexpr unsigned kMaxProcesses = 256;

struct Processes {
  std::vector<std::string> command;  // of a worker, but for --part and --orders
  unsigned count = 1;
  std::string folder;  // where the orders are written; nobody else's
  proc::Runner& runner;
  const base::Clock& clock;
  const base::StopFlag& stop;
  bool keep_documents = false;  // see CrewMember
  std::function<void(const load::Progress&)> progress;
  base::Nanoseconds limit = std::chrono::hours(24 * 31);  // of a whole worker
};

// What all have said when all have ended. A request to stop lets them say what they have so far.
// Errors: the orders cannot be written.
base::Result<Crew> run_processes(const Processes& processes);

}  // namespace weft::perf
