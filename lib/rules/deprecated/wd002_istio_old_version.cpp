#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  constexpr GroupKind kServed[] = {kinds::virtual_service,
                                   kinds::destination_rule,
                                   kinds::istio_gateway,
                                   kinds::service_entry,
                                   kinds::sidecar,
                                   kinds::workload_entry,
                                   kinds::workload_group,
                                   kinds::authorization_policy,
                                   kinds::peer_authentication,
                                   kinds::request_authentication,
                                   kinds::telemetry};
  for (const GroupKind& kind : kServed) {
    for (const Resource* resource : in.all(kind)) {
      if (resource->version == "v1") continue;
      const Value* api = get(resource->root, "apiVersion");
      out.add(*resource, api, fmt::format("{} is served as v1", resource->kind))
          .with("version", resource->version)
          .fixed_by({Fix::Kind::set, api, fmt::format("{}/v1", resource->group)});
    }
  }
}

}  // namespace

Rule wd002() {
  return {
      .id = "WD002",
      .slug = "istio-old-version",
      .severity = Severity::info,
      .mesh = "Istio",
      .category = "deprecations",
      .title = "an object of Istio in a version before v1",
      .why =
          "Since 1.22 Istio serves the kind as v1 with the same fields; the older versions will "
          "go.",
      .remedy = "write v1",
      .check = check};
}

}  // namespace weft::rules
