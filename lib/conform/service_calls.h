// What the sample service cannot do by itself, since it blocks: calls in any protocol of a prober,
// and the requests of Istio's client.
//
//   options.caller = conform::call_for_service;
//   options.forwarder = conform::forward_for_service;
#pragma once

#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/serve/call.h"
#include "lib/serve/forward.h"

namespace weft::conform {

std::vector<serve::CallResult> call_for_service(const serve::CallPlan& plan);
base::Result<std::vector<std::string>> forward_for_service(const serve::ForwardRequest& request);

}  // namespace weft::conform
