// The version of this build.
#pragma once

#include <string_view>

namespace weft::base {

struct BuildInfo {
  std::string_view version;  // semantic version
  std::string_view commit;   // short hash, "unknown" outside a checkout
  std::string_view compiler;
  std::string_view linkage;  // "dynamic", "static-deps" or "static"
};

const BuildInfo& build_info();

}  // namespace weft::base
