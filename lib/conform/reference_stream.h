// What the reference mesh does with what is no HTTP/1.1: HTTP/2, TCP, UDP, and what it may do wrong
// with any of it.
#pragma once

#include <string>

#include "lib/conform/reference_mesh.h"

namespace weft::conform {

// The "stream" part of the configuration of `pod`; empty when it takes and sends HTTP only.
std::string stream_config(const ReferenceMesh& mesh, const MeshPod& pod);

// Directives of a location. An answer of gRPC without a message: 12 is UNIMPLEMENTED, 14
// UNAVAILABLE.
std::string grpc_failure(int status);
std::string grpc_headers(const ReferenceMesh& mesh);
// What mutants do to requests on their way to the application.
std::string request_faults(const ReferenceMesh& mesh);

}  // namespace weft::conform
