#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kGroups[] = {"auth.consul.hashicorp.com", "catalog.consul.hashicorp.com",
                                        "mesh.consul.hashicorp.com",
                                        "multicluster.consul.hashicorp.com"};

void check(const Inventory& in, Report& out) {
  for (const Resource& resource : in.all())
    for (std::string_view group : kGroups)
      if (resource.group == group)
        out.add(resource, get(resource.root, "apiVersion"),
                fmt::format("{} belongs to the v2 catalog, which Consul gave up", resource.kind));
}

}  // namespace

Rule wd013() {
  return {.id = "WD013",
          .slug = "consul-v2",
          .mesh = "Consul",
          .category = "deprecations",
          .title = "an object of Consul's v2 catalog",
          .why =
              "The v2 catalog was an experiment of 1.17 and 1.18; later releases do not read its "
              "objects.",
          .remedy = "use config entries of consul.hashicorp.com/v1alpha1",
          .check = check};
}

}  // namespace weft::rules
