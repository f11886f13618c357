#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/rules/consul/consul.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kKey = "consul.hashicorp.com/connect-service-upstreams";

// The service in "service:port[:datacenter]" or "service[.svc...]:port"; "" for peers and prepared
// queries, which name something else.
std::string_view service_in(std::string_view upstream) {
  if (upstream.starts_with("prepared_query:")) return {};
  const std::string_view first = upstream.substr(0, upstream.find(':'));
  if (first.find(".peer") != std::string_view::npos || first.find(".ap") != std::string_view::npos)
    return {};
  return first.substr(0, first.find('.'));
}

bool has_port(std::string_view upstream) {
  const auto parts = base::split(upstream, ':');
  const std::size_t place = upstream.starts_with("prepared_query:") ? 2 : 1;
  const auto port = parts.size() > place ? base::parse_uint(parts[place]) : std::nullopt;
  return port && *port > 0 && *port <= 65535;
}

void check(const Inventory& in, Report& out) {
  const auto services = consul_services(in);
  for (const Workload& workload : in.workloads()) {
    const Value* list = get(workload.annotations(), kKey);
    if (list == nullptr || text(list).find_first_of("\n{") != std::string_view::npos) continue;
    for (std::string_view upstream : base::split(text(list), ',')) {
      upstream = base::trim(upstream);
      if (upstream.empty()) continue;
      const std::string_view service = service_in(upstream);
      if (!has_port(upstream))
        out.add(*workload.resource, list, fmt::format("{} has no port", upstream))
            .with("upstream", upstream);
      else if (!service.empty() && !services.contains(service))
        out.add(*workload.resource, list, fmt::format("there is no service {}", service))
            .with("upstream", upstream)
            .absence();
    }
  }
}

}  // namespace

Rule wc009() {
  return {.id = "WC009",
          .slug = "upstreams",
          .mesh = "Consul",
          .category = "annotations",
          .title = "an upstream that Consul cannot resolve",
          .why = "The pod is refused, or the local port of the upstream answers nothing.",
          .remedy = "write service:port, separated by commas, with services that exist",
          .check = check};
}

}  // namespace weft::rules
