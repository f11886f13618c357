#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kTypes =
    " istio.io/WaypointBound ZtunnelAccepted WaypointAccepted Accepted Programmed ResolvedRefs ";

void check(const Inventory& in, Report& out) {
  constexpr GroupKind kKinds[] = {
      kinds::service, kinds::service_entry, kinds::workload_entry, kinds::authorization_policy,
      kinds::gateway, kinds::http_route,    kinds::grpc_route};
  const auto report = [&out](const Resource& resource, const Value* conditions) {
    for (const Value& condition : items(conditions)) {
      const std::string_view type = text(get(&condition, "type"));
      if (kTypes.find(fmt::format(" {} ", type)) == std::string_view::npos ||
          text(get(&condition, "status")) != "False")
        continue;
      out.add(resource, &condition,
              fmt::format("{} is False: {} {}", type, text(get(&condition, "reason")),
                          text(get(&condition, "message"))))
          .with("conditionType", type)
          .with("reason", text(get(&condition, "reason")));
    }
  };
  for (const GroupKind& kind : kKinds) {
    for (const Resource* resource : in.all(kind)) {
      const Value* status = get(resource->root, "status");
      report(*resource, get(status, "conditions"));
      for (const Value& parent : items(get(status, "parents")))
        report(*resource, get(&parent, "conditions"));
    }
  }
}

}  // namespace

Rule wi106() {
  return {.id = "WI106",
          .slug = "negative-condition",
          .mesh = "Istio",
          .category = "control plane",
          .title = "the status of an object says that it was not accepted",
          .why = "A controller has looked at the object and does not act on it.",
          .remedy = "act on the reason that the message names",
          .refs = "IST0171",
          .check = check};
}

}  // namespace weft::rules
