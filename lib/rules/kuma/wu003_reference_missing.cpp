#include <unordered_set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/kuma/kuma.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_reference(std::string_view kind) {
  return kind == "MeshExternalService" || kind == "MeshMultiZoneService" ||
         kind == "MeshHTTPRoute" || kind == "MeshTCPRoute";
}

// "MeshExternalService/partner" for each object; by its own name and by the one it is shown under,
// because a zone renames what it gets from the global control plane.
std::unordered_set<std::string> known_names(const Inventory& in) {
  std::unordered_set<std::string> names;
  for (const char* kind :
       {"MeshExternalService", "MeshMultiZoneService", "MeshHTTPRoute", "MeshTCPRoute"}) {
    for (const Resource* object : in.all({kKumaGroup, kind})) {
      names.insert(fmt::format("{}/{}", kind, object->name));
      names.insert(fmt::format("{}/{}", kind, object->label("kuma.io/display-name")));
    }
  }
  return names;
}

void check(const Inventory& in, Report& out) {
  const auto known = known_names(in);
  for (const KumaReference& reference : kuma_references(in)) {
    const std::string_view kind = text(get(reference.value, "kind"));
    const Value* name = get(reference.value, "name");
    const std::string target = fmt::format("{}/{}", kind, text(name));
    if (!is_reference(kind) || text(name).empty() || known.contains(target)) continue;
    out.add(*reference.policy, name, fmt::format("there is no {} {}", kind, text(name)))
        .with("reference", target)
        .absence();
  }
}

}  // namespace

Rule wu003() {
  return {.id = "WU003",
          .slug = "reference-missing",
          .severity = Severity::error,
          .mesh = "Kuma",
          .category = "routing",
          .title = "a policy of Kuma names a service or route that is not there",
          .why = "The policy holds for nothing; requests sent to such a backend fail.",
          .remedy = "correct the name, or create the object",
          .check = check};
}

}  // namespace weft::rules
