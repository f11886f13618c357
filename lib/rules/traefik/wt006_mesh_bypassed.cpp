#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_meshed(const Resource& service) {
  const auto all = members(service.annotations());
  return std::any_of(all.begin(), all.end(), [](const Member& annotation) {
    return annotation.key.starts_with("mesh.traefik.io/");
  });
}

// The Service that an address in a setting means: "http://reviews.shop.svc.cluster.local:80/x".
const Resource* service_in(const Inventory& in, std::string_view address) {
  const std::size_t svc = address.find(".svc");
  if (svc == std::string_view::npos) return nullptr;
  std::string_view host = address.substr(0, svc);
  if (const std::size_t slash = host.find_last_of("/@ ,="); slash != std::string_view::npos)
    host.remove_prefix(slash + 1);
  const auto parts = base::split(host, '.');
  return parts.size() == 2 ? in.find(kinds::service, parts[1], parts[0]) : nullptr;
}

void check(const Inventory& in, Report& out) {
  if (!in.uses("Traefik Mesh")) return;
  for (const Workload& workload : in.workloads()) {
    for (const Value* container : workload.containers()) {
      for (const Value& variable : items(get(container, "env"))) {
        const Value* value = get(&variable, "value");
        const Resource* service = service_in(in, text(value));
        if (service != nullptr && is_meshed(*service))
          out.add(*workload.resource, value, fmt::format("goes to {} directly", service->title()))
              .with("variable", text(get(&variable, "name")));
      }
    }
  }
}

}  // namespace

Rule wt006() {
  return {.id = "WT006",
          .slug = "mesh-bypassed",
          .severity = Severity::info,
          .mesh = "Traefik Mesh",
          .category = "onboarding",
          .title = "a client that goes around Traefik Mesh",
          .why =
              "Only requests to <service>.<namespace>.traefik.mesh pass the mesh; under its usual "
              "name the Service is reached directly, without retries, limits or metrics.",
          .remedy = "use <service>.<namespace>.traefik.mesh as the host",
          .check = check};
}

}  // namespace weft::rules
