#include <set>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kAnnotations[] = {
    "traffic.sidecar.istio.io/excludeInboundPorts",
    "config.linkerd.io/skip-inbound-ports",
    "traffic.kuma.io/exclude-inbound-ports",
    "consul.hashicorp.com/transparent-proxy-exclude-inbound-ports",
};

// "8080,9000-9100"
bool lists_port(std::string_view list, std::int64_t port) {
  for (std::string_view part : base::split(list, ',')) {
    part = base::trim(part);
    const std::size_t dash = part.find('-');
    const auto first = base::parse_int(base::trim(part.substr(0, dash)));
    const auto last =
        dash == std::string_view::npos ? first : base::parse_int(base::trim(part.substr(dash + 1)));
    if (first && last && *first <= port && port <= *last) return true;
  }
  return false;
}

// The number of the container's port that the Service's one leads to; 0 when it is not known.
std::int64_t target_of(const Workload& workload, const Value& port) {
  const Value* target = get(&port, "targetPort");
  if (target == nullptr) target = get(&port, "port");
  if (const auto number = integer(target)) return *number;
  for (const Value* container : workload.containers())
    for (const Value& own : items(get(container, "ports")))
      if (text(get(&own, "name")) == text(target))
        return integer(get(&own, "containerPort")).value_or(0);
  return 0;
}

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    for (std::string_view annotation : kAnnotations) {
      const Value* value = get(workload.annotations(), annotation);
      const std::string list = scalar_text(value);
      if (list.empty()) continue;
      std::set<std::int64_t> told;
      for (const Resource* service : in.services_of(workload)) {
        for (const Value& port : items(get(service->spec, "ports"))) {
          const std::int64_t number = target_of(workload, port);
          if (number == 0 || !lists_port(list, number) || !told.insert(number).second) continue;
          out.add(*workload.resource, value,
                  fmt::format("port {} goes past the proxy, though {} offers it", number,
                              service->title()))
              .with("port", fmt::format("{}", number));
        }
      }
    }
  }
}

}  // namespace

Rule wk028() {
  return {.id = "WK028",
          .slug = "port-excluded",
          .mesh = "all",
          .category = "onboarding",
          .title = "a port of a Service that the proxy does not see",
          .why =
              "Callers in the mesh expect mutual TLS and policy there. The server takes plain text "
              "from anybody; with STRICT clients the connection fails.",
          .remedy = "remove the port from the annotation, or from the Service",
          .check = check};
}

}  // namespace weft::rules
