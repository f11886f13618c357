// What a mesh and its applications use while they are measured: CPU and memory by part, "dp" (data
// plane), "cp" (control plane), "app". Read from this machine or from a cluster, once a second or
// as often as the source has something new, and told for exactly the time of a run.
//
//   WEFT_TRY(source, parse_usage("dp=pods:shop/app=web/istio-proxy"));
//   UsageWatch watch({source}, reach);
//   WEFT_CHECK(watch.begin({.stop = &stop, .tell = tell}));
//   ... measure ...
//   run.resources = watch.end(run, run.warnings);
//
// Sources: pid:NUMBER; cgroup:PATH (below /sys/fs/cgroup, of either version);
// pods:NAMESPACE/SELECTOR[/CONTAINER] by the metrics API, or where there is none by the kubelets,
// which kubelet:NAMESPACE/SELECTOR[/...] asks alone; prometheus:NAMESPACE/POD-REGEX[/CONTAINER] by
// the kubelet's metrics. Several of one part are added up.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/stop.h"
#include "lib/kube/cluster.h"
#include "lib/proc/runner.h"
#include "lib/smp/run.h"

namespace weft::perf {

struct UsageSource {
  enum class Kind { pid, cgroup, pods, kubelet, prometheus };
  std::string text;  // as written
  std::string part;  // "dp"
  Kind kind = Kind::pid;
  std::string target;                   // number or path
  std::string ns, selector, container;  // of pods; the selector is a regex for Prometheus
};
base::Result<UsageSource> parse_usage(std::string_view text);  // usage errors

// One look. CPU is a total so far, or the rate over a while that the source itself has taken.
struct UsageReading {
  base::WallTime at;
  std::optional<double> cpu_seconds, cpu_mcores;
  base::Nanoseconds over{0};  // that while, which ended at `at`
  double mem_mb = 0;
  std::optional<double> cpu_mcores_assigned, mem_mb_assigned;
};

// Where sources are found.
struct UsageReach {
  std::string root;                  // stands for "/" in tests
  kube::Cluster* cluster = nullptr;  // for pods
  proc::Runner* runner = nullptr;    // for Prometheus, by curl
  std::string prometheus;            // its URL
  const base::Clock& clock;
};

// Errors name what is missing: the process, the group, the metrics API. A timeout error where the
// source has not seen yet what is there: a kubelet needs half a minute for a new pod.
base::Result<UsageReading> read_usage(const UsageSource& source, const UsageReach& reach);

// Use between two moments from readings in their order. CPU is the mean of rates, or comes from
// totals: those within, where the first and the last are at least half of that time apart, since
// what came before may be idle; else read off between neighbours. Memory is a mean. Absent where
// nothing was read in that time, or a total has fallen.
std::optional<smp::Usage> usage_between(const std::vector<UsageReading>& readings,
                                        base::WallTime from, base::WallTime to);

// What to do while a source does not know yet what it is asked for.
struct UsageWait {
  base::Nanoseconds limit = std::chrono::seconds(90);
  const base::StopFlag* stop = nullptr;
  std::function<void(std::string_view)> tell;    // once for each source, with the reason
  std::function<void(base::Nanoseconds)> sleep;  // tests replace it
};

class UsageWatch {
 public:
  UsageWatch(std::vector<UsageSource> sources, const UsageReach& reach);
  ~UsageWatch();
  // The first reading of every source, which must succeed in time; a thread goes on with it.
  base::Result<void> begin(const UsageWait& wait = {});
  // Ends that. A source that is gone by then, or told too little, is left out, with a warning.
  std::map<std::string, smp::Usage> end(const smp::Run& run, std::vector<std::string>& warnings);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft::perf
