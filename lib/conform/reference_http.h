// What the reference mesh does with HTTP, as nginx configuration: policies on what arrives, splits
// and routes of what is sent, mutual TLS between proxies.
#pragma once

#include <string>

#include "lib/conform/reference_mesh.h"

namespace weft::conform {

// The part inside "http" of the configuration of `pod`; of that, what is about requests that
// arrive.
std::string http_config(const ReferenceMesh& mesh, const MeshPod& pod);
std::string inbound_config(const ReferenceMesh& mesh, const MeshPod& pod);

}  // namespace weft::conform
