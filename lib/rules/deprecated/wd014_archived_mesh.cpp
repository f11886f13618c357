#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource& resource : in.all()) {
    const bool is_smi = resource.group.ends_with(".smi-spec.io");
    if (is_smi || resource.group.ends_with(".openservicemesh.io"))
      out.add(resource, get(resource.root, "apiVersion"),
              fmt::format("{} was archived in 2023", is_smi ? "SMI" : "Open Service Mesh"));
  }
}

}  // namespace

Rule wd014() {
  return {.id = "WD014",
          .slug = "archived-mesh",
          .mesh = "all",
          .category = "deprecations",
          .title = "an object of a project that has ended",
          .why = "It gets no security fixes; new meshes do not read it.",
          .remedy = "move to Gateway API and its routes for meshes",
          .check = check};
}

}  // namespace weft::rules
