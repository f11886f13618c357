// Quantities of Kubernetes ("1.5Gi", "200m") and semantic versions, both with their order.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

#include "lib/cel/value.h"

namespace weft::cel {

// In billionths, exactly; finer parts are rounded away from zero, as Kubernetes does.
struct Quantity : Object {
  __extension__ using Nanos = __int128;
  Nanos nanos = 0;
};
// Absent when it is none, or beyond about 1.7e29.
std::optional<Quantity> parse_quantity(std::string_view text);

struct Semver : Object {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;
  std::string_view prerelease;  // "rc.1"
};
// Semantic Versioning 2.0: exactly three numbers without leading zeros. `text` must outlive it.
std::optional<Semver> parse_semver(std::string_view text);
std::strong_ordering compare_versions(const Semver& a, const Semver& b);

}  // namespace weft::cel
