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
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    if (!is_for_mesh(*vs)) continue;
    for (const Destination& destination : destinations(*vs)) {
      if (destination.subset.empty() || destination.is_mirror) continue;
      const std::string host = qualified(destination.host, vs->ns);
      for (const Value& own : items(get(vs->spec, "hosts")))
        if (qualified(text(&own), vs->ns) == host) split.try_emplace(host, vs);
    }
  }
  return split;
}

bool is_for_gateways(const Resource& vs) { return !gateways_of(vs).empty() && !is_for_mesh(vs); }

void check(const Inventory& in, Report& out) {
  const auto split = split_hosts(in);
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    if (!is_for_gateways(*vs)) continue;
    for (const Destination& destination : destinations(*vs)) {
      const auto found = split.find(qualified(destination.host, vs->ns));
      if (!destination.subset.empty() || destination.is_mirror || found == split.end()) continue;
      out.add(*vs, destination.value,
              fmt::format("the gateway sends to all pods of {}: the split by subset in {} is for "
                          "sidecars only",
                          destination.host, found->second->full_name()))
          .with("host", destination.host)
          .with("virtualservicesubset", found->second->full_name());
    }
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
