// The pods, ReplicaSets and events that belong to a workload; used by diagnose.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/kube/diagnose.h"

namespace weft::kube {

// By the workload's selector, newest first; a Pod is its own.
std::vector<const Object*> pods_of(const Object& workload, const Surroundings& around);
// Of a Deployment, newest first.
std::vector<const Object*> replica_sets_of(const Object& workload, const Surroundings& around);

struct EventText {
  std::string time;  // RFC 3339 of the last time, sorts as text
  std::string reason;
  std::string object;  // "ReplicaSet istiod-5d"
  std::string message;
  std::int64_t count = 1;
};
// Warnings about this object, oldest first.
std::vector<EventText> warnings_about(const Ref& object, const Objects& events);

}  // namespace weft::kube
