// The Runner that starts real processes. What a child leaves behind in its process group is ended
// with it. The process that uses it must ignore SIGPIPE: a child may refuse its input.
#pragma once

#include "lib/base/clock.h"
#include "lib/base/environment.h"
#include "lib/proc/runner.h"

namespace weft::proc {

class SystemRunner : public Runner {
 public:
  // Children get `env`, whose PATH is the one searched, plus what the command adds.
  explicit SystemRunner(base::Environment env, const base::Clock& clock = base::system_clock())
      : env_(std::move(env)), clock_(clock) {}

  base::Result<Finished> run(const Command& command) override;
  std::optional<std::string> find(const std::string& program) const override;

 private:
  base::Environment env_;
  const base::Clock& clock_;
};

}  // namespace weft::proc
