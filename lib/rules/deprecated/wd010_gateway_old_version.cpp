#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const GroupKind& kind :
       {kinds::gateway, kinds::gateway_class, kinds::http_route, kinds::grpc_route}) {
    for (const Resource* resource : in.all(kind)) {
      if (resource->version == "v1") continue;
      const Value* api = get(resource->root, "apiVersion");
      out.add(*resource, api, fmt::format("{} is v1 by now", resource->kind))
          .with("version", resource->version)
          .fixed_by({Fix::Kind::set, api, "gateway.networking.k8s.io/v1"});
    }
  }
}

}  // namespace

Rule wd010() {
  return {.id = "WD010",
          .slug = "gateway-old-version",
          .severity = Severity::info,
          .mesh = "Gateway API",
          .category = "deprecations",
          .title = "an object of Gateway API in a version before v1",
          .why = "Later releases of the definitions no longer serve the older versions.",
          .remedy = "write gateway.networking.k8s.io/v1",
          .refs = "IST0172",
          .check = check};
}

}  // namespace weft::rules
