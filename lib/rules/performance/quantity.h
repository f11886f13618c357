// Kubernetes' quantities, as far as limits of processors and memory use them.
#pragma once

#include <optional>
#include <string_view>

#include "lib/rules/fields.h"

namespace weft::rules {

std::optional<double> cores(const Value* value);  // "100m", "0.5", 2
std::optional<double> bytes(const Value* value);  // "64Mi", "1G", 1048576

}  // namespace weft::rules
