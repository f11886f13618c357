#include "lib/base/version.h"

// The macros are set for this file alone (CMakeLists.txt), so a new commit recompiles nothing else.
namespace weft::base {

const BuildInfo& build_info() {
  static constexpr BuildInfo kInfo{WEFT_VERSION, WEFT_COMMIT, "g++ " __VERSION__, WEFT_LINKAGE};
  return kInfo;
}

}  // namespace weft::base
