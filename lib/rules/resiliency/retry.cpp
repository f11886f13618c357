#include "lib/rules/resiliency/retry.h"

#include "lib/base/number.h"

namespace weft::rules {

std::optional<double> milliseconds(const Value* value) {
  if (text(value).empty()) return std::nullopt;
  const auto duration = base::parse_duration(text(value));
  if (!duration.ok()) return std::nullopt;
  return std::chrono::duration<double, std::milli>(*duration).count();
}

}  // namespace weft::rules
