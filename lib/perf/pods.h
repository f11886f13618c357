// Workers as pods of a cluster: brought there, started together, watched, read from their logs and
// taken away again, however it ends. What a process that was killed has left sends for no longer
// than a minute, see lease.h, and is found by the next run from the same machine.
//
//   WEFT_TRY(crew, run_pods({cluster, workers, plan, clock, stop, tell}));
//   WEFT_TRY(run, combine(spec, plan, std::move(crew)));
#pragma once

#include <functional>
#include <string>

#include "lib/base/stop.h"
#include "lib/kube/cluster.h"
#include "lib/perf/crew.h"
#include "lib/perf/job.h"

namespace weft::perf {

struct Pods {
  kube::Cluster& cluster;  // must not heed `stop`: there is work to do after it
  const PodWorkers& workers;
  const load::Plan& plan;  // of all: how long it will take
  const base::Clock& clock;
  const base::StopFlag& stop;
  std::function<void(std::string_view)> tell;  // what happens, a sentence at a time
  bool keep_documents = false;                 // see CrewMember
  base::Nanoseconds start_limit = std::chrono::minutes(3);
  unsigned calls = 8;                            // of the cluster at once
  std::function<void(base::Nanoseconds)> sleep;  // tests replace it
  std::string root;                              // stands for "/" in tests
};

// Cluster errors name the verbs that are not allowed and how to allow them; timeout and input
// errors say why pods do not start. A request to stop lets the workers say what they have so far.
base::Result<Crew> run_pods(const Pods& pods);

// What runs of processes that are gone have left in the namespace. Gives the number of Jobs.
base::Result<std::size_t> remove_leftovers(kube::Cluster& cluster, const std::string& ns,
                                           const std::string& root);

}  // namespace weft::perf
