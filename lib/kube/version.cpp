#include "lib/kube/version.h"

#include "lib/base/number.h"

namespace weft::kube {

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  version.text = text;
  std::string_view rest = text;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  int* const parts[] = {&version.major, &version.minor, &version.patch};
  for (std::size_t i = 0; i < std::size(parts); ++i) {
    const auto length = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const auto number = base::parse_uint(rest.substr(0, length));
    if (!number || *number > 1'000'000) return std::nullopt;
    *parts[i] = static_cast<int>(*number);
    rest.remove_prefix(length);
    if (!rest.starts_with('.')) return i == 0 ? std::nullopt : std::optional(version);
    rest.remove_prefix(1);
  }
  return version;
}

}  // namespace weft::kube
