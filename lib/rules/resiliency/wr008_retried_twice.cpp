#include <algorithm>
#include <unordered_map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// A rule by which clients send a host through a gateway, and how often they try again.
struct Hop {
  const Resource* vs = nullptr;
  std::int64_t attempts = 0;
  std::vector<const Workload*> pods;  // behind the Service that the rule leads to
};
using Hops = std::unordered_map<std::string, std::vector<Hop>>;

std::int64_t attempts(const Value& rule) {
  return integer(get(&rule, "retries", "attempts")).value_or(0);
}

// What the matches of a rule are for; the object's own gateways where a match names none.
std::vector<std::string_view> gateways_of_rule(const Resource& vs, const Value& rule) {
  std::vector<std::string_view> all;
  const auto take = [&all](const Value* names) {
    for (const Value& name : items(names)) all.push_back(text(&name));
    return !items(names).empty();
  };
  const auto matches = items(get(&rule, "match"));
  bool is_narrowed = !matches.empty();
  for (const Value& match : matches) is_narrowed = take(get(&match, "gateways")) && is_narrowed;
  if (!is_narrowed && !take(get(vs.spec, "gateways"))) all.emplace_back("mesh");
  return all;
}

template <typename Visit>  // (vs, rule, gateway)
void for_each_retry(const Inventory& in, Visit visit) {
  for (const Resource* vs : in.all(kinds::virtual_service))
    for (const Value& rule : routes(*vs, "http"))
      if (attempts(rule) > 0)
        for (std::string_view gateway : gateways_of_rule(*vs, rule)) visit(*vs, rule, gateway);
}

Hops hops_of(const Inventory& in) {
  Hops hops;
  for_each_retry(in, [&](const Resource& vs, const Value& rule, std::string_view gateway) {
    if (gateway != "mesh") return;
    Hop hop{&vs, attempts(rule), {}};
    for (const Value& route : items(get(&rule, "route")))
      for (const Host* host : in.hosts().find(text(get(&route, "destination", "host")), vs.ns))
        for (const Workload* pod : in.workloads_of(*host->resource)) hop.pods.push_back(pod);
    if (hop.pods.empty()) return;
    for (const Value& host : items(get(vs.spec, "hosts")))
      hops[qualified(text(&host), vs.ns)].push_back(hop);
  });
  return hops;
}

bool runs_in(const Resource& gateway, const Hop& hop) {
  const Value* selector = get(gateway.spec, "selector");
  return selector != nullptr &&
         std::any_of(hop.pods.begin(), hop.pods.end(), [selector](const Workload* pod) {
           return labels_match(selector, pod->labels());
         });
}

bool retries_at_gateways(const Inventory& in) {
  bool any = false;
  for_each_retry(in, [&](const Resource& vs, const Value&, std::string_view name) {
    any = any || gateway_named(in, name, vs.ns) != nullptr;
  });
  return any;
}

void check(const Inventory& in, Report& out) {
  if (!retries_at_gateways(in)) return;
  const Hops hops = hops_of(in);
  for_each_retry(in, [&](const Resource& vs, const Value& rule, std::string_view name) {
    const Resource* gateway = gateway_named(in, name, vs.ns);
    if (gateway == nullptr) return;
    for (const Value& host : items(get(vs.spec, "hosts"))) {
      const auto found = hops.find(qualified(text(&host), vs.ns));
      if (found == hops.end()) continue;
      for (const Hop& hop : found->second) {
        if (!runs_in(*gateway, hop)) continue;
        out.add(vs, get(&rule, "retries"),
                fmt::format("{} makes clients retry {} as well: up to {} tries of one request",
                            hop.vs->full_name(), text(&host),
                            (hop.attempts + 1) * (attempts(rule) + 1)))
            .with("host", text(&host))
            .with("other", hop.vs->full_name());
      }
    }
  });
}

}  // namespace

Rule wr008() {
  return {.id = "WR008",
          .slug = "retried-twice",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "resiliency",
          .title = "a host retried by its clients and again by the gateway between",
          .why =
              "Every try of a client makes the gateway try as often as it may: when the host fails "
              "the load on it is multiplied, just when it can take least.",
          .remedy = "keep the retries of one of the two, best the gateway's, and set attempts: 0",
          .check = check};
}

}  // namespace weft::rules
