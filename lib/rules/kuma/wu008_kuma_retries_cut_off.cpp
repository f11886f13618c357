#include <unordered_map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/kuma/kuma.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/retry.h"

namespace weft::rules {
namespace {

// Mesh, top target and destination: what two policies must share to hold for the same requests.
std::string place_of(const Resource& policy, const Value& rule) {
  const Value* top = get(policy.spec, "targetRef");
  const Value* target = get(&rule, "targetRef");
  return fmt::format("{}\n{}\n{}", policy.label("kuma.io/mesh"),
                     top == nullptr ? std::string("Mesh") : canonical(*top),
                     target == nullptr ? std::string("Mesh") : canonical(*target));
}

void check(const Inventory& in, Report& out) {
  std::unordered_map<std::string, const Value*> timeouts;
  for (const Resource* policy : in.all({kKumaGroup, "MeshTimeout"}))
    for (const Value& rule : items(get(policy->spec, "to")))
      if (const Value* timeout = get(&rule, "default", "http", "requestTimeout"))
        timeouts.try_emplace(place_of(*policy, rule), timeout);
  for (const Resource* policy : in.all({kKumaGroup, "MeshRetry"})) {
    for (const Value& rule : items(get(policy->spec, "to"))) {
      const Value* http = get(&rule, "default", "http");
      const Value* one_try = get(http, "perTryTimeout");
      const auto limit = milliseconds(one_try);
      const auto retries = integer(get(http, "numRetries"));
      const auto found = timeouts.find(place_of(*policy, rule));
      if (!limit || !retries || found == timeouts.end()) continue;
      const double whole = milliseconds(found->second).value_or(0);
      if (whole <= 0 || static_cast<double>(*retries + 1) * *limit <= whole) continue;
      out.add(*policy, one_try,
              fmt::format("{} tries of {} do not fit into the requestTimeout of {}", *retries + 1,
                          text(one_try), text(found->second)));
    }
  }
}

}  // namespace

Rule wu008() {
  return {.id = "WU008",
          .slug = "kuma-retries-cut-off",
          .mesh = "Kuma",
          .category = "resiliency",
          .title = "the timeout of a MeshTimeout ends before the retries of a MeshRetry",
          .why =
              "numRetries counts retries, so there is one try more. Those that do not fit into "
              "requestTimeout never run.",
          .remedy = "raise requestTimeout, or lower numRetries or perTryTimeout",
          .check = check};
}

}  // namespace weft::rules
