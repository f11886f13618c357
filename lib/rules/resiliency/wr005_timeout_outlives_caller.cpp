#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/calls.h"
#include "lib/rules/resiliency/retry.h"

namespace weft::rules {
namespace {

// The longest that anybody waits for the Service; absent when some rule sets no limit.
std::optional<double> patience(std::span<const CallRule> rules) {
  std::optional<double> longest;
  for (const CallRule& rule : rules) {
    const auto timeout = milliseconds(rule.timeout);
    if (!timeout || *timeout <= 0) return std::nullopt;
    longest = std::max(longest.value_or(0), *timeout);
  }
  return longest;
}

void check(const Inventory& in, Report& out) {
  const auto& rules = in.view<CallRules>();
  for (const Call& call : in.view<Calls>().all()) {
    const auto limit = patience(rules.of(*call.caller));
    if (!limit) continue;
    for (const CallRule& rule : rules.of(*call.callee)) {
      const auto timeout = milliseconds(rule.timeout);
      if (!timeout || *timeout <= *limit) continue;
      out.add(*rule.route, rule.timeout,
              fmt::format("{} calls {}, and nobody waits longer than {} ms for {} itself",
                          call.caller->full_name(), call.callee->full_name(), *limit,
                          call.caller->full_name()))
          .with("caller", call.caller->full_name());
    }
  }
}

}  // namespace

Rule wr005() {
  return {.id = "WR005",
          .slug = "timeout-outlives-caller",
          .mesh = "all",
          .category = "resiliency",
          .title = "a timeout longer than that of the caller",
          .why =
              "The caller has been given up before the called service answers: the work goes on "
              "for nobody. Who calls whom is taken from the principals of AuthorizationPolicies "
              "and the egress of Sidecars.",
          .remedy = "let timeouts become shorter along the chain of calls",
          .check = check};
}

}  // namespace weft::rules
