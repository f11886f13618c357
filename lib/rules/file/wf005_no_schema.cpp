#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  // Worth saying only to those who have given schemas at all, and once for each kind.
  if (!in.has_schemas()) return;
  std::map<std::pair<std::string_view, std::string_view>, const Resource*> first;
  for (const Resource* resource : in.schema_issues().without_schema)
    first.try_emplace({text(get(resource->root, "apiVersion")), resource->kind}, resource);
  for (const auto& [kind, resource] : first)
    out.add(*resource, get(resource->root, "kind"),
            fmt::format("no schema is at hand for {} {}", kind.first, kind.second))
        .with("apiVersion", kind.first)
        .with("kind", kind.second);
}

}  // namespace

Rule wf005() {
  return {.id = "WF005",
          .slug = "no-schema",
          .severity = Severity::info,
          .mesh = "all",
          .category = "files",
          .title = "no schema is known for a kind",
          .why = "Objects of the kind are checked by rules only, not field by field.",
          .remedy = "give its custom resource definition with --schema, or among the files",
          .check = check};
}

}  // namespace weft::rules
