// Objects of one kind that compete for the same workloads: Sidecar, Telemetry, PeerAuthentication.
#pragma once

#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {

// The labels an object selects by, nullptr when it is for its whole namespace.
const Value* selector_of(const Resource& resource);

// Reports every object that shares a workload with another one of its kind and namespace.
void report_shared_workloads(const Inventory& in, const GroupKind& kind, Report& out);
// Reports every object without a selector that is not the only such one in its namespace.
void report_several_defaults(const Inventory& in, const GroupKind& kind, Report& out);

}  // namespace weft::rules
