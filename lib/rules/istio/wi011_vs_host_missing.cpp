#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Destination& to : in.view<Destinations>().all()) {
    if (to.is_mirror() || to.host.empty() || !to.meant.empty()) continue;
    const std::string_view ns = to.virtual_service->ns;
    out.add(*to.virtual_service, get(to.value, "host"),
            fmt::format("no Service or ServiceEntry that is visible from {} has the host {}{}", ns,
                        to.host, in.hosts().suggestion(to.host, ns)))
        .with("reftype", "host")
        .with("refval", to.host)
        .absence();
  }
}

}  // namespace

Rule wi011() {
  return {.id = "WI011",
          .slug = "vs-host-missing",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "routing",
          .title = "a route leads to a host that is not there",
          .why =
              "Requests that match the route get 503. A name without dots means a Service in the "
              "namespace of the VirtualService; one with dots is taken as it is.",
          .remedy =
              "correct the host: name.namespace.svc.cluster.local, or a ServiceEntry for what "
              "is outside",
          .refs = "IST0101 KIA1101",
          .check = check};
}

}  // namespace weft::rules
