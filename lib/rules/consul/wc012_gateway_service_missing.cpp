#include "lib/base/format.h"
#include "lib/rules/consul/consul.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  const auto services = consul_services(in);
  const auto check_list = [&](const Resource& gateway, const Value* list) {
    for (const Value& service : items(list)) {
      const Value* name = get(&service, "name");
      if (text(name).empty() || text(name) == "*" || services.contains(text(name))) continue;
      out.add(gateway, name, fmt::format("there is no service {}", text(name)))
          .with("service", text(name))
          .absence();
    }
  };
  for (const Resource* gateway : in.all({kConsulGroup, "TerminatingGateway"}))
    check_list(*gateway, get(gateway->spec, "services"));
  for (const Resource* gateway : in.all({kConsulGroup, "IngressGateway"}))
    for (const Value& listener : items(get(gateway->spec, "listeners")))
      check_list(*gateway, get(&listener, "services"));
}

}  // namespace

Rule wc012() {
  return {.id = "WC012",
          .slug = "gateway-service-missing",
          .mesh = "Consul",
          .category = "routing",
          .title = "a gateway lists a service that is not registered",
          .why = "Requests for it fail at the gateway.",
          .remedy = "correct the name, or register the service",
          .check = check};
}

}  // namespace weft::rules
