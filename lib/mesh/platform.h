// What kind of cluster this is, in the words in which catalogue files name it: which distribution,
// and whether the Gateway API is there. Features marked `automatic` with one of these traits are
// switched on by themselves.
//
//   const auto traits = traits_of(snapshot);        // {"gateway-api-absent", "platform=k3s"}
//   add_automatic(*mesh, traits, request);
#pragma once

#include <set>
#include <string>

#include "lib/mesh/mesh.h"
#include "lib/mesh/selection.h"
#include "lib/mesh/snapshot.h"

namespace weft::mesh {

// gke, eks, aks, k3s, k3d, microk8s, minikube, openshift, kind; empty when it is none of them. By
// labels and names of nodes, API groups and the server's version.
std::string platform_of(const Snapshot& snapshot);

bool has_gateway_api(const Snapshot& snapshot);

std::set<std::string> traits_of(const Snapshot& snapshot);

// Adds the mesh's features that are automatic with one of the traits, unless they, or another
// setting of the same thing, are there.
void add_automatic(const Mesh& mesh, const std::set<std::string>& traits, Request& request);

}  // namespace weft::mesh
