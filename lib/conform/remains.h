// What runs have left in a cluster, found by labels alone, and its removal.
//
//   WEFT_TRY(remains, find_remains(cluster));
//   const auto left = remove_remains(cluster, {remains}, {.timeout = 60s});
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/number.h"
#include "lib/kube/cluster.h"

namespace weft::conform {

// A namespace "weft-<run>-..." whose label weft.dev/run says the same.
struct Remains {
  std::string ns;
  std::string run;
  std::string uid;
  std::optional<base::WallTime> expires;  // of the label
  std::optional<base::WallTime> created;
  std::optional<base::WallTime> lease_ends;  // absent: it has none
  bool kept = false;                         // on purpose, by --keep
};
base::Result<std::vector<Remains>> find_remains(kube::Cluster& cluster);

// Whether the run goes on: its lease is renewed, or it is so young that it has none yet. What is
// kept is of a run that ended.
bool is_alive(const Remains& one, base::WallTime now);
// Whether it should be gone: its time is over, or nobody keeps it.
bool is_expired(const Remains& one, base::WallTime now);

struct Removal {
  base::Nanoseconds timeout = std::chrono::seconds(60);
  bool force_finalizers = false;  // take away the finalizers that keep objects from going
};
// Namespaces go with everything in them, all at once, each only if it still has its uid; returns
// when they are gone. What is left over, in words, with what holds it.
std::vector<std::string> remove_remains(kube::Cluster& cluster, const std::vector<Remains>& remains,
                                        const Removal& how);

}  // namespace weft::conform
