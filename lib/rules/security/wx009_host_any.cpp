#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void report_hosts(const Resource& resource, const Value* hosts, Report& out) {
  for (const Value& host : items(hosts))
    if (text(&host) == "*" || text(&host).ends_with("/*"))
      out.add(resource, &host, "every host is accepted");
}

void check(const Inventory& in, Report& out) {
  for (const Resource* gateway : in.all(kinds::istio_gateway))
    for (const Value& server : items(get(gateway->spec, "servers")))
      report_hosts(*gateway, get(&server, "hosts"), out);
  for (const Resource* vs : in.all(kinds::virtual_service))
    report_hosts(*vs, get(vs->spec, "hosts"), out);
}

}  // namespace

Rule wx009() {
  return {.id = "WX009",
          .slug = "host-any",
          .mesh = "Istio",
          .category = "security",
          .title = "a Gateway or VirtualService for every host",
          .why =
              "Anybody who may write a VirtualService can claim any host name there, and requests "
              "with forged host names get through.",
          .remedy = "name the hosts",
          .check = check};
}

}  // namespace weft::rules
