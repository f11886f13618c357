#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

using Rules = std::vector<const Resource*>;

// Istio merges rules of one namespace for one host, but keeps the first traffic policy and the
// first subset of a name.
void check_merged(const Rules& rules, Report& out) {
  const Resource* policy_of = nullptr;
  std::map<std::string_view, const Resource*> subsets;
  for (const Resource* rule : rules) {
    if (const Value* policy = get(rule->spec, "trafficPolicy")) {
      if (policy_of != nullptr)
        out.add(*rule, policy,
                fmt::format("{} has a trafficPolicy for {} too, and only the older one counts",
                            policy_of->full_name(), text(get(rule->spec, "host"))))
            .with("other", policy_of->full_name());
      else
        policy_of = rule;
    }
    for (const Value& subset : items(get(rule->spec, "subsets"))) {
      const std::string_view name = text(get(&subset, "name"));
      const auto [first, is_new] = subsets.try_emplace(name, rule);
      if (is_new || first->second == rule) continue;
      out.add(*rule, &subset,
              fmt::format("{} has a subset {} of {} too, and only the older one counts",
                          first->second->full_name(), name, text(get(rule->spec, "host"))))
          .with("other", first->second->full_name())
          .with("subset", name);
    }
  }
}

void check(const Inventory& in, Report& out) {
  std::map<std::string, Rules> same;
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* selector = get(rule->spec, "workloadSelector");
    same[fmt::format(
             "{} {} {} {}", rule->ns, qualified(text(get(rule->spec, "host")), rule->ns),
             selector == nullptr ? "" : canonical(*selector),
             get(rule->spec, "exportTo") == nullptr ? "" : canonical(*get(rule->spec, "exportTo")))]
        .push_back(rule);
  }
  for (const auto& [key, rules] : same)
    if (rules.size() > 1) check_merged(rules, out);
}

}  // namespace

Rule wi033() {
  return {.id = "WI033",
          .slug = "dr-host-twice",
          .mesh = "Istio",
          .category = "traffic policy",
          .title = "two DestinationRules set the same thing for one host",
          .why =
              "Istio merges them in the order of their creation: the later traffic policy, or the "
              "later subset of a name, is dropped without a word.",
          .remedy = "merge them into one DestinationRule",
          .refs = "KIA0201",
          .check = check};
}

}  // namespace weft::rules
