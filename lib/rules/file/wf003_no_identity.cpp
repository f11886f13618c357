#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Files of tools that have an apiVersion too: a chart's Chart.yaml, a kustomization.
bool is_of_a_tool(const Resource& resource) {
  return resource.document->source->name().ends_with("Chart.yaml") ||
         resource.kind == "Kustomization" || resource.kind == "Component";
}

void check(const Inventory& in, Report& out) {
  for (const Resource& resource : in.all()) {
    const Value* metadata = get(resource.root, "metadata");
    std::string_view missing;
    if (resource.kind.empty())
      missing = "kind";
    else if (resource.version.empty())
      missing = "apiVersion";
    else if (resource.name.empty() && text(get(metadata, "generateName")).empty())
      missing = "metadata.name";
    if (missing.empty() || is_of_a_tool(resource)) continue;
    const Value* at = missing == "metadata.name" && metadata != nullptr ? metadata : resource.root;
    out.add(resource, at, fmt::format("{} is missing", missing)).with("field", missing);
  }
}

}  // namespace

Rule wf003() {
  return {.id = "WF003",
          .slug = "no-identity",
          .severity = Severity::error,
          .mesh = "all",
          .category = "files",
          .title = "apiVersion, kind or a name is missing",
          .why = "Without them the API server does not know what the object is.",
          .remedy = "add the missing field",
          .check = check};
}

}  // namespace weft::rules
