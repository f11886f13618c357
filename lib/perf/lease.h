// How long the cluster lets the workers of a run live: activeDeadlineSeconds of their Job, moved on
// as long as somebody leads them. Where that process is killed, or loses the cluster, no load goes
// on for longer than one lease.
#pragma once

#include "lib/base/clock.h"
#include "lib/kube/cluster.h"

namespace weft::perf {

class Lease {
 public:
  // The Job was made just now with a deadline of `length`.
  Lease(kube::Cluster& cluster, kube::Ref job, base::Nanoseconds length, const base::Clock& clock);
  // Often: asks the cluster when a quarter of the lease is over. A call that fails is repeated by
  // the next one after that.
  void renew();

 private:
  kube::Cluster& cluster_;
  kube::Ref job_;
  base::Nanoseconds length_;
  const base::Clock& clock_;
  base::MonoTime begin_, next_;
};

}  // namespace weft::perf
