#include "lib/rules/performance/quantity.h"

#include "lib/base/number.h"

namespace weft::rules {

std::optional<double> cores(const Value* value) {
  const std::string written = scalar_text(value);
  std::string_view number = written;
  const bool is_milli = number.ends_with('m');
  if (is_milli) number.remove_suffix(1);
  const auto parsed = base::parse_double(number);
  if (!parsed) return std::nullopt;
  return is_milli ? *parsed / 1000 : *parsed;
}

std::optional<double> bytes(const Value* value) {
  const auto size = base::parse_size(scalar_text(value));
  if (!size.ok()) return std::nullopt;
  return static_cast<double>(*size);
}

}  // namespace weft::rules
