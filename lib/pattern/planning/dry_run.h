// What the API server would make of objects, without making it. One that is refused hides no other:
// what is refused together is asked for in halves.
//
//   WEFT_TRY(answers, dry_run(cluster, objects, {.force = false}));
//   for (const Answer& answer : answers) if (answer.refusal) tell(*answer.refusal);
#pragma once

#include <optional>
#include <vector>

#include "lib/kube/cluster.h"
#include "lib/kube/errors.h"

namespace weft::pattern {

struct Answer {
  std::optional<kube::Object> served{};     // as it would be; absent when it is refused
  std::optional<base::Error> refusal{};     // also when there are conflicts
  std::vector<kube::Conflict> conflicts{};  // fields of others; `served` is then as if forced
};

// In the order of the objects. An error only when the server cannot be asked at all.
base::Result<std::vector<Answer>> dry_run(kube::Cluster& cluster, const kube::Objects& objects,
                                          bool force);

}  // namespace weft::pattern
