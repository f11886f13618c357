#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/label_selector.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

constexpr GroupKind kNetworkPolicy{"networking.k8s.io", "NetworkPolicy"};

struct Needed {
  std::string_view mesh;
  std::string_view direction;  // "Egress" or "Ingress"
  std::int64_t port;
  std::string_view what;
};

constexpr Needed kNeeded[] = {
    {"Istio", "Egress", 53, "DNS"},
    {"Istio", "Egress", 15012, "istiod"},
    {"ambient", "Ingress", 15008, "mutual TLS of ambient mode"},
    {"Linkerd", "Egress", 53, "DNS"},
    {"Linkerd", "Egress", 8086, "the destination service"},
    {"Linkerd", "Ingress", 4143, "mutual TLS of Linkerd"},
};

// Without policyTypes: incoming always, outgoing when there are rules for it.
bool is_for(const Resource& policy, std::string_view direction) {
  const auto types = items(get(policy.spec, "policyTypes"));
  if (types.empty()) return direction == "Ingress" || get(policy.spec, "egress") != nullptr;
  for (const Value& type : types)
    if (text(&type) == direction) return true;
  return false;
}

// Some rule lets the port through, whatever its peers: those are beyond what files tell.
bool lets_through(const Resource& policy, const Needed& needed) {
  for (const Value& rule : items(get(policy.spec, base::lower(needed.direction)))) {
    const auto ports = items(get(&rule, "ports"));
    if (ports.empty()) return true;
    for (const Value& port : ports) {
      const Value* number = get(&port, "port");
      const auto first = integer(number);
      const auto last = integer(get(&port, "endPort")).value_or(first.value_or(0));
      // A port by name may be any.
      if (!first || (*first <= needed.port && needed.port <= last)) return true;
    }
  }
  return false;
}

bool concerns(const Inventory& in, const Workload& workload, const Needed& needed) {
  if (needed.mesh == "ambient") return in.is_ambient(workload);
  if (needed.mesh == "Istio" && in.is_ambient(workload)) return false;
  for (const std::string_view mesh : meshes_of(in, workload))
    if (mesh == needed.mesh) return true;
  return false;
}

using Told = std::set<std::pair<const Resource*, std::int64_t>>;

// `policies` are those that select the workload.
void check_workload(const Inventory& in, const Workload& workload,
                    const std::vector<const Resource*>& policies, Told& told, Report& out) {
  for (const Needed& needed : kNeeded) {
    if (!concerns(in, workload, needed)) continue;
    const Resource* closing = nullptr;
    bool is_open = false;
    for (const Resource* policy : policies) {
      if (!is_for(*policy, needed.direction)) continue;
      closing = closing == nullptr ? policy : closing;
      is_open = is_open || lets_through(*policy, needed);
    }
    if (closing == nullptr || is_open || !told.insert({closing, needed.port}).second) continue;
    out.add(*closing, get(closing->spec, "podSelector"),
            fmt::format("{} cannot {} port {} for {}", workload.resource->title(),
                        needed.direction == "Egress" ? "reach" : "be reached on", needed.port,
                        needed.what))
        .with("port", fmt::format("{}", needed.port))
        .absence();
  }
}

void check(const Inventory& in, Report& out) {
  std::map<const Workload*, std::vector<const Resource*>> policies;
  for (const Resource* policy : in.all(kNetworkPolicy)) {
    const Value* selector = get(policy->spec, "podSelector");
    for (const Workload* workload : in.select(policy->ns, get(selector, "matchLabels")))
      if (selects(selector, labels_of(workload->labels()))) policies[workload].push_back(policy);
  }
  Told told;
  for (const auto& [workload, own] : policies) check_workload(in, *workload, own, told, out);
}

}  // namespace

Rule wx025() {
  return {.id = "WX025",
          .slug = "network-policy",
          .mesh = "all",
          .category = "security",
          .title = "a NetworkPolicy shuts the mesh out",
          .why =
              "The proxy needs ports of its own. Without the control plane it gets no certificate "
              "and never becomes ready; without its tunnel port nobody in the mesh reaches it.",
          .remedy = "allow the port that the message names",
          .check = check};
}

}  // namespace weft::rules
