// What a run over gRPC calls: the method of the URL, found in a descriptor set, among the services
// that are built in, or by the reflection of the server; its request message from JSON.
#pragma once

#include "lib/base/result.h"
#include "lib/load/engine.h"
#include "lib/perf/spec.h"

namespace weft::perf {

// Turns the target of a plan, whose URL is grpc:// or grpcs://, into the request. Asks the server
// for what nobody else tells. A URL without a method means the health of the server.
base::Result<void> set_grpc(const Spec& spec, load::Plan& plan);

}  // namespace weft::perf
