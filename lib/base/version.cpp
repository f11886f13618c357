#include "lib/base/version.h"

#include <sys/auxv.h>

// The macros are set for this file alone (CMakeLists.txt), so a new commit recompiles nothing else.
namespace weft::base {

const BuildInfo& build_info() {
  // One library serves two programs; the one that no dynamic loader started is the static one.
  static const BuildInfo info{WEFT_VERSION, WEFT_COMMIT, "g++ " __VERSION__,
                              getauxval(AT_BASE) == 0 ? "static" : WEFT_LINKAGE};
  return info;
}

}  // namespace weft::base
