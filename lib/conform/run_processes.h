// The processes of a run, which carry its id in their environment: a run that was killed leaves
// some behind, and those may still be about to make something.
//
//   RunProcesses processes(runner, id);       // a Runner like any other
//   end_processes(id);                        // later, from another process
#pragma once

#include <string>

#include "lib/proc/runner.h"

namespace weft::conform {

inline constexpr std::string_view kRunVariable = "WEFT_RUN";

class RunProcesses final : public proc::Runner {
 public:
  RunProcesses(proc::Runner& runner, std::string run) : runner_(runner), run_(std::move(run)) {}

  base::Result<proc::Finished> run(const proc::Command& command) override;
  std::optional<std::string> find(const std::string& program) const override {
    return runner_.find(program);
  }

 private:
  proc::Runner& runner_;
  std::string run_;
};

// Kills every process of this machine that carries the id, and returns when they are gone.
void end_processes(const std::string& run);

}  // namespace weft::conform
