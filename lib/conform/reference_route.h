// HTTPRoutes and GRPCRoutes of the Gateway API, attached to Services, as nginx configuration.
#pragma once

#include <string>

#include "lib/conform/reference_mesh.h"
#include "lib/conform/reference_text.h"

namespace weft::conform {

// The locations of the server beside `pod` that takes what is sent to this port of the service;
// empty when no route is attached there. Routes in the namespace of the client come before those
// in that of the service.
std::string route_locations(const ReferenceMesh& mesh, NginxText& text, const MeshPod& pod,
                            const std::string& service, const MeshPort& port);

}  // namespace weft::conform
