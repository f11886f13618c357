// Versions of Kubernetes, kubectl and helm: three numbers; what follows them is kept for display.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace weft::kube {

struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  std::string text;  // as the program says it: "v1.33.4-gke.100"

  friend bool operator==(const Version& a, const Version& b) { return std::is_eq(a <=> b); }
  friend std::strong_ordering operator<=>(const Version& a, const Version& b) {
    if (a.major != b.major) return a.major <=> b.major;
    if (a.minor != b.minor) return a.minor <=> b.minor;
    return a.patch <=> b.patch;
  }
};

// "v1.33.4-gke.100", "1.25", "v4.1.4+g05fa379"; absent when it does not start like that.
std::optional<Version> parse_version(std::string_view text);

}  // namespace weft::kube
