// Waiting for objects to get ready, with the reason known all the while.
//
//   WEFT_TRY(report, kube::wait(cluster, targets, {.clock = clock, .deadline = deadline,
//                                                  .stop = &stop, .progress = show}));
//   if (!report.ready()) for (const auto& left : report.targets) explain(left);
//
// One list per namespace and second, more in the first seconds; pods and events are read only for
// what is not ready. Optional targets get a little more time than the rest. Ends early when a cause
// that time does not heal lasts.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/base/stop.h"
#include "lib/kube/cluster.h"
#include "lib/kube/diagnose.h"
#include "lib/kube/ready.h"

namespace weft::kube {

struct Target {
  Ref ref;                // the name may be empty: then every object that `selector` finds
  std::string selector;   // at least one object must be found
  bool optional = false;  // waited for a little while once the others are ready, and fails nothing
};

struct TargetState {
  Ref ref;
  Readiness readiness;
  bool optional = false;  // as its target
  std::optional<Diagnosis> diagnosis;
  std::vector<std::string> warnings;  // the last Warning events

  // "Deployment istio-system/istiod 0/1 available: image x cannot be pulled: not found"
  std::string text() const;
};

enum class WaitEnd { ready, timeout, hopeless, interrupted };

struct WaitReport {
  WaitEnd end = WaitEnd::timeout;
  std::vector<TargetState> targets;

  bool ready() const { return end == WaitEnd::ready; }
  std::vector<const TargetState*> not_ready() const;  // optional ones as well
  // Absent when ready; else the error to end a command with: exit code timeout or interrupted,
  // the first target that is not ready and why, and the command to look further.
  std::optional<base::Error> error() const;
};

struct WaitOptions {
  const base::Clock& clock;
  base::MonoTime deadline;
  const base::StopFlag* stop = nullptr;
  std::function<void(const std::vector<TargetState>&)> progress;  // after every look
  base::Nanoseconds poll = std::chrono::seconds(1);
  base::Nanoseconds hopeless_after = std::chrono::seconds(60);
  base::Nanoseconds patience = std::chrono::seconds(10);  // with optional targets
  // Sleeps; tests replace it.
  std::function<void(base::Nanoseconds)> sleep;
};

// Sleeps as between two looks: a stop that is requested ends it.
void pause(const WaitOptions& options, base::Nanoseconds time);

// One look at all targets. With `explain`, reads what is needed to diagnose those not ready.
base::Result<std::vector<TargetState>> look(Cluster& cluster, const std::vector<Target>& targets,
                                            base::WallTime now, bool explain);

// An error only when the cluster cannot be asked any more: three times in a row, and for half a
// minute when the server is out of reach.
base::Result<WaitReport> wait(Cluster& cluster, const std::vector<Target>& targets,
                              const WaitOptions& options);

// Until none of the objects exists any more.
base::Result<WaitReport> wait_gone(Cluster& cluster, const std::vector<Ref>& refs,
                                   const WaitOptions& options);

}  // namespace weft::kube
