// Waypoints of ambient mode: who asks for one, and which Gateways are one.
#pragma once

#include <functional>
#include <string_view>

#include "lib/rules/inventory.h"

namespace weft::rules {

// An object that names its waypoint by label.
struct WaypointUse {
  const Resource* resource = nullptr;
  const Workload* workload = nullptr;  // when it is a pod or makes pods
  const Value* label = nullptr;
  std::string_view ns;  // of the Gateway
  std::string_view name;
};
// "none" opts out and is passed over.
void for_each_waypoint_use(const Inventory& in,
                           const std::function<void(const WaypointUse&)>& visit);

// False only for classes that are known to make something else.
bool may_be_waypoint(const Inventory& in, const Resource& gateway);

// Whether a waypoint serves the Service or its whole namespace, going by labels.
bool has_waypoint(const Inventory& in, const Resource& service);

}  // namespace weft::rules
