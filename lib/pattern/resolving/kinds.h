// Kinds that weft knows without a cluster, the preferred API version first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft::pattern {

struct BuiltinKind {
  std::string kind;
  std::string api_version;
  bool namespaced = true;
};
// Those of Kubernetes, then those of the meshes.
std::vector<BuiltinKind> builtin_kinds();

// The settings of such a service stand beside apiVersion and kind, not below spec.
bool has_no_spec(std::string_view kind);

}  // namespace weft::pattern
