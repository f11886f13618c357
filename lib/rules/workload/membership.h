// Which mesh a workload is part of, going by the labels and annotations that injectors look at.
#pragma once

#include <string_view>
#include <vector>

#include "lib/rules/inventory.h"

namespace weft::rules {

// "Istio", "Linkerd", "Kuma", "Consul": every mesh whose injector takes the workload.
std::vector<std::string_view> meshes_of(const Inventory& in, const Workload& workload);
// The first of them, "" when it is in none or nothing tells.
std::string_view mesh_of(const Inventory& in, const Workload& workload);

// Containers that injectors add, or that stand for one.
bool is_proxy_container(const Value& container);
// Containers and init containers of the application itself.
std::vector<const Value*> app_containers(const Workload& workload);

// True when the namespace has its pods injected by some mesh.
bool is_injected_namespace(const Resource& ns);

}  // namespace weft::rules
