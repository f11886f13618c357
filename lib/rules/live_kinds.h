// What of a live cluster the rules look at.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::rules {

// Of Kubernetes itself: "services", "deployments.apps".
std::vector<std::string> live_resources();

// API groups of meshes, of which everything is read: "networking.istio.io".
bool is_mesh_group(std::string_view group);

// The mesh that a domain of API groups, labels and annotations belongs to; "" when it is none.
std::string_view mesh_of_domain(std::string_view domain);

// Kubernetes' own, where nobody's configuration is judged: "kube-system".
bool is_system_namespace(std::string_view ns);

}  // namespace weft::rules
