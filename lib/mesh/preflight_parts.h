// The groups of preflight's checks; preflight() runs them all.
#pragma once

#include "lib/mesh/preflight.h"

namespace weft::mesh {

void check_kubernetes(const PreflightRequest& request, const Snapshot& snapshot,
                      CheckReport& report);
void check_platform(const PreflightRequest& request, const Snapshot& snapshot, CheckReport& report);
void check_nodes(const PreflightRequest& request, const Snapshot& snapshot, CheckReport& report);
void check_namespaces(const PreflightRequest& request, const Snapshot& snapshot,
                      CheckReport& report);
void check_storage(const PreflightRequest& request, const Snapshot& snapshot, CheckReport& report);
void check_gateway_api(const PreflightRequest& request, const Snapshot& snapshot,
                       CheckReport& report);
void check_releases(const PreflightRequest& request, const Snapshot& snapshot, CheckReport& report);
void check_upgrade(const PreflightRequest& request, CheckReport& report);
void check_conflicts(const PreflightRequest& request, const Snapshot& snapshot,
                     CheckReport& report);

// The namespaces of the steps, each once, and those of the request.
std::vector<std::string> namespaces_of(const PreflightRequest& request);

// Adds `skip` with the reason when the part is unknown; true when the part can be used.
bool can_see(const Snapshot& snapshot, Part part, std::string_view check, CheckReport& report);

}  // namespace weft::mesh
