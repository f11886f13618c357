#include "lib/rules/security/mtls.h"

#include "lib/base/number.h"

namespace weft::rules {
namespace {

PeerMode mode_of(const Resource* policy) {
  if (policy == nullptr) return {};
  const std::string_view mode = text(get(policy->spec, "mtls", "mode"));
  return mode == "UNSET" || mode.empty() ? PeerMode{} : PeerMode{mode, policy};
}

}  // namespace

PeerModes::PeerModes(const Inventory& in) : root_(in.settings().root_namespace) {
  for (const Resource* policy : in.all(kinds::peer_authentication)) {
    const Value* labels = get(policy->spec, "selector", "matchLabels");
    if (labels == nullptr || labels->size() == 0) {
      by_namespace_.try_emplace(policy->ns, policy);
      continue;
    }
    for (const Workload* workload : in.select(policy->ns, labels))
      by_workload_.try_emplace(workload, policy);
  }
}

const Resource* PeerModes::with_selector(const Workload& workload) const {
  const auto found = by_workload_.find(&workload);
  return found == by_workload_.end() ? nullptr : found->second;
}

PeerMode PeerModes::of_namespace(std::string_view ns) const {
  for (std::string_view place : {ns, root_})
    if (const auto found = by_namespace_.find(place); found != by_namespace_.end())
      if (const PeerMode mode = mode_of(found->second); mode.resource != nullptr) return mode;
  return {};
}

PeerMode PeerModes::of(const Workload& workload) const {
  const PeerMode own = mode_of(with_selector(workload));
  return own.resource != nullptr ? own : of_namespace(workload.resource->ns);
}

PeerMode PeerModes::of_port(const Workload& workload, std::int64_t container_port) const {
  if (const Resource* policy = with_selector(workload))
    for (const Member& port : members(get(policy->spec, "portLevelMtls")))
      if (base::parse_int(port.key) == container_port)
        if (const auto mode = text(get(&port.value, "mode")); !mode.empty() && mode != "UNSET")
          return {mode, policy};
  return of(workload);
}

bool PeerModes::has_port_modes(const Workload& workload) const {
  const Resource* policy = with_selector(workload);
  return policy != nullptr && !members(get(policy->spec, "portLevelMtls")).empty();
}

}  // namespace weft::rules
