#include "lib/lifecycle/work.h"

#include "lib/base/format.h"

namespace weft::lifecycle {

base::Nanoseconds Work::left() const {
  return std::max(base::Nanoseconds::zero(), base::Nanoseconds(deadline - clock.monotonic()));
}

base::Result<void> Work::check(const std::string& what) const {
  if (stop != nullptr && stop->requested())
    return base::Error{base::ExitCode::interrupted, what + " was interrupted",
                       "run the same command again: it goes on where this one stopped"};
  if (left() == base::Nanoseconds::zero())
    return base::Error{base::ExitCode::timeout, "no time is left for " + what,
                       "give a longer --timeout and run the same command again"};
  return {};
}

kube::WaitOptions Work::waiting(
    std::function<void(const std::vector<kube::TargetState>&)> progress) const {
  return {.clock = clock,
          .deadline = deadline,
          .stop = stop,
          .progress = std::move(progress),
          .sleep = sleep};
}

}  // namespace weft::lifecycle
