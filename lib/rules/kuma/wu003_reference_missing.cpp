#include <algorithm>

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

// Services of the input become MeshServices; what is generated need not be a file.
bool exists(const Inventory& in, std::string_view ns, std::string_view kind,
            std::string_view name) {
  if (in.find({kKumaGroup, kind}, ns, name) != nullptr ||
      in.find({kKumaGroup, kind}, "kuma-system", name) != nullptr)
    return true;
  return std::any_of(
      in.all({kKumaGroup, kind}).begin(), in.all({kKumaGroup, kind}).end(),
      [name](const Resource* one) { return one->label("kuma.io/display-name") == name; });
}

void check(const Inventory& in, Report& out) {
  for (const KumaReference& reference : kuma_references(in)) {
    const std::string_view kind = text(get(reference.value, "kind"));
    const Value* name = get(reference.value, "name");
    const Value* ns = get(reference.value, "namespace");
    const Resource& policy = *reference.policy;
    if (!is_reference(kind) || text(name).empty() ||
        exists(in, ns != nullptr ? text(ns) : policy.ns, kind, text(name)))
      continue;
    out.add(policy, name, fmt::format("there is no {} {}", kind, text(name)))
        .with("reference", fmt::format("{}/{}", kind, text(name)))
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
