#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// "namespace/name", where both may be a wildcard and the namespace "." is the Sidecar's own.
bool is_known(const Inventory& in, const Resource& sidecar, std::string_view ns,
              std::string_view name) {
  const auto hosts = in.hosts().find(name, sidecar.ns);
  if (ns == "*") return !hosts.empty();
  if (name.starts_with('*')) return true;  // whatever comes
  return std::any_of(hosts.begin(), hosts.end(),
                     [ns](const Host* host) { return host->resource->ns == ns; });
}

void check(const Inventory& in, Report& out) {
  for (const Resource* sidecar : in.all(kinds::sidecar)) {
    for (const Value& egress : items(get(sidecar->spec, "egress"))) {
      for (const Value& host : items(get(&egress, "hosts"))) {
        const std::size_t slash = text(&host).find('/');
        if (slash == std::string_view::npos) continue;
        std::string_view ns = text(&host).substr(0, slash);
        const std::string_view name = text(&host).substr(slash + 1);
        if (ns == ".") ns = sidecar->ns;
        if (ns == "~" || name == "*" || is_known(in, *sidecar, ns, name)) continue;
        out.add(*sidecar, &host,
                fmt::format("no Service or ServiceEntry of {} is {}",
                            ns == "*" ? "any namespace" : ns, name))
            .with("host", text(&host))
            .absence();
      }
    }
  }
}

}  // namespace

Rule wi063() {
  return {.id = "WI063",
          .slug = "sidecar-host",
          .mesh = "Istio",
          .category = "sidecars",
          .title = "a Sidecar lets through to a host that is not there",
          .why =
              "A name here must be written in full, like reviews.shop.svc.cluster.local; another "
              "form matches nothing, and the proxy does not know the service.",
          .remedy = "correct the namespace or the name",
          .refs = "KIA1004",
          .check = check};
}

}  // namespace weft::rules
