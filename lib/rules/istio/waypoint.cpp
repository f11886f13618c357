#include "lib/rules/istio/waypoint.h"

namespace weft::rules {
namespace {

constexpr std::string_view kUse = "istio.io/use-waypoint";
constexpr std::string_view kUseNamespace = "istio.io/use-waypoint-namespace";

void visit_labels(const Resource& resource, const Workload* workload, const Value* labels,
                  const std::function<void(const WaypointUse&)>& visit) {
  const Value* label = get(labels, kUse);
  if (text(label).empty() || text(label) == "none") return;
  std::string_view ns = text(get(labels, kUseNamespace));
  if (ns.empty()) ns = resource.is(kinds::ns) ? resource.name : resource.ns;
  visit({&resource, workload, label, ns, text(label)});
}

}  // namespace

void for_each_waypoint_use(const Inventory& in,
                           const std::function<void(const WaypointUse&)>& visit) {
  for (const GroupKind& kind :
       {kinds::ns, kinds::service, kinds::service_entry, kinds::workload_entry})
    for (const Resource* resource : in.all(kind))
      visit_labels(*resource, nullptr, resource->labels(), visit);
  for (const Workload& workload : in.workloads())
    visit_labels(*workload.resource, &workload, workload.labels(), visit);
}

bool may_be_waypoint(const Inventory& in, const Resource& gateway) {
  const std::string_view name = text(get(gateway.spec, "gatewayClassName"));
  if (name == "istio" || name == "istio-remote" || name == "istio-east-west") return false;
  const Resource* gateway_class = in.find(kinds::gateway_class, {}, name);
  return gateway_class == nullptr ||
         text(get(gateway_class->spec, "controllerName")) != "istio.io/gateway-controller";
}

bool has_waypoint(const Inventory& in, const Resource& service) {
  std::string_view name = service.label(kUse);
  const Resource* space = in.ns(service.ns);
  if (name.empty() && space != nullptr) name = space->label(kUse);
  return !name.empty() && name != "none";
}

}  // namespace weft::rules
