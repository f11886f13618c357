#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::int64_t kUseless = 1000;  // Envoy's own default is 3

void check(const Inventory& in, Report& out) {
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* policy = get(rule->spec, "trafficPolicy");
    const Value* limit = get(policy, "connectionPool", "http", "maxRetries");
    if (get(policy, "retryBudget") != nullptr || integer(limit).value_or(0) < kUseless) continue;
    out.add(
        *rule, limit,
        fmt::format("{} retries may run at once, and there is no retryBudget", *integer(limit)));
  }
}

}  // namespace

Rule wr006() {
  return {.id = "WR006",
          .slug = "retries-unbounded",
          .mesh = "Istio",
          .category = "resiliency",
          .title = "nothing limits concurrent retries",
          .why =
              "When a service slows down, every caller retries at once and the load on it doubles "
              "or triples just when it can bear the least. A limit this high never acts.",
          .remedy =
              "use trafficPolicy.retryBudget (20 percent, minimum 3), or a maxRetries near the "
              "number of retries you would accept at one moment",
          .check = check};
}

}  // namespace weft::rules
