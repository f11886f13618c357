// Timeouts and retries of HTTP routes.
#pragma once

#include "lib/rules/fields.h"

namespace weft::rules {

// Milliseconds of a duration as Istio and Gateway API write it; absent when it is not one.
std::optional<double> milliseconds(const Value* value);

}  // namespace weft::rules
