#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/kuma/kuma.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_top_kind(std::string_view kind) {
  constexpr std::string_view kKinds =
      " Mesh MeshSubset MeshService MeshServiceSubset MeshGateway MeshHTTPRoute MeshTCPRoute "
      "Dataplane MeshExternalService MeshMultiZoneService ";
  return kKinds.find(fmt::format(" {} ", kind)) != std::string_view::npos;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : kuma_policies(in)) {
    const Value* from = get(policy->spec, "from");
    const Value* rules = get(policy->spec, "rules");
    if (from != nullptr && rules != nullptr)
      out.add(*policy, rules, "from and rules exclude each other");
    const Value* kind = get(policy->spec, "targetRef", "kind");
    if (kind != nullptr && !is_top_kind(text(kind)))
      out.add(*policy, kind, fmt::format("a policy cannot be for a {}", scalar_text(kind)))
          .with("kind", scalar_text(kind));
  }
}

}  // namespace

Rule wu011() {
  return {.id = "WU011",
          .slug = "policy-shape",
          .severity = Severity::error,
          .mesh = "Kuma",
          .category = "routing",
          .title = "a policy of Kuma in a shape that the control plane refuses",
          .why = "The webhook rejects it: the policy never holds.",
          .remedy =
              "keep either from or rules, and a top-level targetRef of Mesh, MeshSubset, "
              "MeshService, MeshGateway, MeshHTTPRoute or Dataplane",
          .check = check};
}

}  // namespace weft::rules
