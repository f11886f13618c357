// Objects of Kubernetes from services.
#pragma once

#include <string>

#include "lib/kube/object.h"
#include "lib/pattern/pattern.h"
#include "lib/pattern/resolving/types.h"

namespace weft::pattern {

// `ns` is used where neither the service nor its metadata say one.
kube::Object object_of(const Service& service, const Type& type, const std::string& ns);

// The type Application of 2021: a Deployment and, unless advanced.create_service is false or
// advanced.skip_service true, a Service for its ports.
base::Result<kube::Objects> application_of(const Service& service, const std::string& ns);

kube::Object namespace_object(const std::string& name);

}  // namespace weft::pattern
