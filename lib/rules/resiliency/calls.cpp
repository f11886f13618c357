#include "lib/rules/resiliency/calls.h"

#include <algorithm>
#include <map>
#include <set>

#include "lib/base/text.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

std::vector<const Resource*> services_of(const Inventory& in,
                                         std::span<const Workload* const> workloads) {
  std::vector<const Resource*> all;
  for (const Workload* workload : workloads)
    for (const Resource* service : in.services_of(*workload)) all.push_back(service);
  return all;
}

// Of one host written in a namespace.
std::vector<const Resource*> services_named(const Inventory& in, std::string_view host,
                                            std::string_view ns) {
  std::vector<const Resource*> all;
  if (host.find('*') != std::string_view::npos) return all;
  for (const Host* found : in.hosts().find(host, ns))
    if (found->resource->is(kinds::service)) all.push_back(found->resource);
  return all;
}

}  // namespace

Calls::Calls(const Inventory& in) {
  add_policies(in);
  add_sidecars(in);
  const auto key = [](const Call& call) { return std::pair(call.caller, call.callee); };
  std::set<std::pair<const Resource*, const Resource*>> known;
  std::erase_if(all_, [&](const Call& call) { return !known.insert(key(call)).second; });
}

void Calls::add(Services callers, Services callees, const Resource& known_from) {
  for (Services* services : {&callers, &callees}) {
    std::sort(services->begin(), services->end());
    services->erase(std::unique(services->begin(), services->end()), services->end());
  }
  constexpr std::size_t kMostPairs = 1000;
  if (callers.size() * callees.size() > kMostPairs) return;
  for (const Resource* caller : callers)
    for (const Resource* callee : callees)
      if (caller != callee) all_.push_back({caller, callee, &known_from});
}

void Calls::add_policies(const Inventory& in) {
  std::map<std::pair<std::string_view, std::string_view>, std::vector<const Workload*>> by_account;
  for (const Workload& workload : in.workloads())
    if (const auto account = text(get(workload.pod, "serviceAccountName")); !account.empty())
      by_account[{workload.resource->ns, account}].push_back(&workload);
  if (by_account.empty()) return;
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    const Value* labels = get(policy->spec, "selector", "matchLabels");
    const std::string_view action = text(get(policy->spec, "action"));
    if (labels == nullptr || (!action.empty() && action != "ALLOW")) continue;
    Services callers;
    for_each_source(*policy, "principals", [&](const Value& principal) {
      const auto account = local_account(text(&principal));
      if (!account || account->name == "default") return;
      const auto found = by_account.find({account->ns, account->name});
      if (found == by_account.end()) return;
      const auto services = services_of(in, found->second);
      callers.insert(callers.end(), services.begin(), services.end());
    });
    if (!callers.empty())
      add(std::move(callers), services_of(in, selected(in, *policy, labels)), *policy);
  }
}

void Calls::add_sidecars(const Inventory& in) {
  for (const Resource* sidecar : in.all(kinds::sidecar)) {
    const Value* labels = get(sidecar->spec, "workloadSelector", "labels");
    if (labels == nullptr) continue;
    const auto callers = services_of(in, in.select(sidecar->ns, labels));
    for (const Value& listener : items(get(sidecar->spec, "egress")))
      for (const Value& entry : items(get(&listener, "hosts"))) {
        const std::string_view host = text(&entry);  // "namespace/name", "./name"
        const std::size_t slash = host.find('/');
        if (slash != std::string_view::npos)
          add(callers, services_named(in, host.substr(slash + 1), sidecar->ns), *sidecar);
      }
  }
}

CallRules::CallRules(const Inventory& in) {
  add_virtual_services(in);
  add_routes(in, kinds::http_route);
  add_routes(in, kinds::grpc_route);
}

void CallRules::add_virtual_services(const Inventory& in) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    if (!is_for_mesh(*vs)) continue;
    for (const Value& host : items(get(vs->spec, "hosts")))
      for (const Resource* service : services_named(in, text(&host), vs->ns))
        for (const Value& rule : routes(*vs, "http"))
          by_service_[service].push_back(
              {vs, get(&rule, "timeout"), get(&rule, "retries", "attempts")});
  }
}

void CallRules::add_routes(const Inventory& in, const GroupKind& kind) {
  for (const Resource* route : in.all(kind))
    for (const Value& parent : items(get(route->spec, "parentRefs"))) {
      if (text(get(&parent, "kind")) != "Service") continue;
      const std::string_view ns = text(get(&parent, "namespace"));
      const Resource* service =
          in.find(kinds::service, ns.empty() ? route->ns : ns, text(get(&parent, "name")));
      if (service == nullptr) continue;
      for (const Value& rule : items(get(route->spec, "rules")))
        by_service_[service].push_back(
            {route, get(&rule, "timeouts", "request"), get(&rule, "retry", "attempts")});
    }
}

std::span<const CallRule> CallRules::of(const Resource& service) const {
  const auto found = by_service_.find(&service);
  if (found == by_service_.end()) return {};
  return found->second;
}

}  // namespace weft::rules
