// What detection asks of one object.
#pragma once

#include <string>
#include <string_view>

#include "lib/kube/object.h"
#include "lib/mesh/mesh.h"

namespace weft::mesh {

// Kind, namespace, name and labels of a workload.
bool matches(const Signature& signature, const kube::Object& workload);

// The image of a container of a workload's template; "" when there is none of that name.
std::string_view image_of(const kube::Object& workload, std::string_view container);

// "v1.30.3" -> "1.30.3"
std::string plain_version(std::string_view tag);
// What the catalogue calls the version, else plain_version.
std::string version_name(const Mesh& mesh, std::string_view tag);

}  // namespace weft::mesh
