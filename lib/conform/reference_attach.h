// Which rules of HTTPRoutes or GRPCRoutes apply to what a pod sends to a Service, and in which
// order; and what is wrong with the backends that they name.
#pragma once

#include <string>
#include <vector>

#include "lib/conform/reference_mesh.h"

namespace weft::conform {

// One match of one rule; a rule without matches has one that takes everything.
struct Alternative {
  const kube::Object* route;
  const doc::Value* rule;
  const doc::Value* match;  // null: everything
};

// The most specific first, in the order of the standard; none when no route is attached. Routes in
// the namespace of the client come before those in that of the service.
std::vector<Alternative> alternatives(const ReferenceMesh& mesh, const MeshPod& pod,
                                      const std::string& service, std::uint16_t port,
                                      std::string_view kind);

// "Exact", "PathPrefix" or "RegularExpression"; its value; the value as a prefix: "/v2/" and "/v2"
// are the same, that of everything is empty.
std::string path_type(const doc::Value* match);
std::string path_value(const doc::Value* match);
std::string prefix_of(const doc::Value* match);

// The reason of the condition ResolvedRefs; empty when the backend can be used.
std::string backend_problem(const ReferenceMesh& mesh, const kube::Object& route,
                            const doc::Value& backend);

// status of a route: Accepted and ResolvedRefs for every parent.
doc::Value route_status(const ReferenceMesh& mesh, const kube::Object& route);

}  // namespace weft::conform
