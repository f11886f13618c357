#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Hosts that sidecars send to subsets, with the VirtualService that does so.
std::map<std::string, const Resource*> split_hosts(const Inventory& in) {
  std::map<std::string, const Resource*> split;
  for (const Destination& to : in.view<Destinations>().all()) {
    const Resource& vs = *to.virtual_service;
    if (to.subset.empty() || to.is_mirror() || !is_for_mesh(vs)) continue;
    const std::string host = qualified(to.host, vs.ns);
    for (const Value& own : items(get(vs.spec, "hosts")))
      if (qualified(text(&own), vs.ns) == host) split.try_emplace(host, &vs);
  }
  return split;
}

bool is_for_gateways(const Resource& vs) { return !gateways_of(vs).empty() && !is_for_mesh(vs); }

void check(const Inventory& in, Report& out) {
  const auto split = split_hosts(in);
  for (const Destination& to : in.view<Destinations>().all()) {
    const Resource& vs = *to.virtual_service;
    if (!to.subset.empty() || to.is_mirror() || !is_for_gateways(vs)) continue;
    const auto found = split.find(qualified(to.host, vs.ns));
    if (found == split.end()) continue;
    out.add(vs, to.value,
            fmt::format("the gateway sends to all pods of {}: the split by subset in {} is for "
                        "sidecars only",
                        to.host, found->second->full_name()))
        .with("host", to.host)
        .with("virtualservicesubset", found->second->full_name());
  }
}

}  // namespace

Rule wi020() {
  return {.id = "WI020",
          .slug = "vs-split-bypassed",
          .mesh = "Istio",
          .category = "routing",
          .title = "a gateway's route goes round the split by subset that sidecars keep",
          .why =
              "A gateway applies only the VirtualServices bound to it. What comes in from outside "
              "reaches every version at once, also one that should get a few percent.",
          .remedy = "repeat the subsets and weights in the route of the gateway",
          .refs = "IST0140",
          .check = check};
}

}  // namespace weft::rules
