#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  if (in.mesh_config() == nullptr || merges_slashes(in)) return;
  const std::string_view mode = path_normalization(in);
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    const Value* first = nullptr;
    for_each_operation(*policy, "notPaths",
                       [&first](const Value& path) { first = first == nullptr ? &path : first; });
    if (first == nullptr) continue;
    out.add(*policy, first,
            fmt::format("the mesh compares paths with normalization {}, so // is not /",
                        mode.empty() ? "BASE" : mode));
  }
}

}  // namespace

Rule wx008() {
  return {.id = "WX008",
          .slug = "path-spelling",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "security",
          .title = "an exception by path in a mesh that takes paths as they are spelled",
          .why =
              "The application may treat //admin like /admin while the policy does not, so the "
              "exception holds for one spelling only.",
          .remedy = "set pathNormalization.normalization of the mesh to MERGE_SLASHES",
          .check = check};
}

}  // namespace weft::rules
