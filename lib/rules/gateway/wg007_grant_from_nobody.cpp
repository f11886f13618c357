#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* grant : in.all(kinds::reference_grant)) {
    for (const Value& from : items(get(grant->spec, "from"))) {
      const Value* ns = get(&from, "namespace");
      if (!text(ns).empty() && !in.has_namespace(text(ns)))
        out.add(*grant, ns, fmt::format("there is no namespace {}", text(ns)))
            .with("namespace", text(ns))
            .absence();
    }
  }
}

}  // namespace

Rule wg007() {
  return {
      .id = "WG007",
      .slug = "grant-from-nobody",
      .severity = Severity::error,
      .mesh = "Gateway API",
      .category = "security",
      .title = "a ReferenceGrant for a namespace that is not there",
      .why =
          "It grants nothing; and whoever creates a namespace of that name later gets the right.",
      .remedy = "correct the namespace, or remove the entry",
      .refs = "KIA1601",
      .check = check};
}

}  // namespace weft::rules
