#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/calls.h"

namespace weft::rules {
namespace {

// From here on a failing service at the end of the chain gets more than it can take.
constexpr std::int64_t kMostTries = 10;

// The rule for a Service that tries most often.
struct Hop {
  const CallRule* rule = nullptr;
  std::int64_t tries = 1;
};

Hop hop_of(const CallRules& rules, const Resource& service) {
  Hop most;
  for (const CallRule& rule : rules.of(service)) {
    constexpr std::int64_t kReasonable = 1000;  // keeps products small
    const std::int64_t tries =
        1 + std::clamp<std::int64_t>(integer(rule.attempts).value_or(0), 0, kReasonable);
    if (tries > most.tries) most = {&rule, tries};
  }
  return most;
}

// The worst chain of calls that ends at a Service.
struct Chain {
  std::int64_t tries = 1;  // of the last Service for one call of the first
  std::string names;       // "web, reviews, ratings"
  bool is_open = false;    // still being found: calls may go in a circle
};

class Chains {
 public:
  explicit Chains(const Inventory& in) : rules_(in.view<CallRules>()) {
    for (const Call& call : in.view<Calls>().all()) callers_[call.callee].push_back(call.caller);
  }

  const Chain& to(const Resource& service, int depth = 0) {
    const auto [at, is_new] = known_.try_emplace(&service);
    Chain& chain = at->second;
    constexpr int kDeepest = 50;
    if (!is_new || depth > kDeepest) return chain;
    chain.is_open = true;
    Chain worst;  // of those that end at a caller
    for (const Resource* caller : callers_[&service]) {
      const Chain& before = to(*caller, depth + 1);
      if (!before.is_open && before.tries > worst.tries) worst = before;
    }
    if (const Hop hop = hop_of(rules_, service); hop.tries > 1) {
      worst.tries = std::min<std::int64_t>(worst.tries * hop.tries, 1'000'000);
      worst.names += (worst.names.empty() ? "" : ", ") + service.full_name();
    }
    return chain = std::move(worst);
  }

  // The most that any caller of the Service brings along.
  std::int64_t before(const Resource& service) {
    std::int64_t most = 1;
    for (const Resource* caller : callers_[&service]) most = std::max(most, to(*caller).tries);
    return most;
  }

 private:
  const CallRules& rules_;
  std::unordered_map<const Resource*, std::vector<const Resource*>> callers_;
  std::unordered_map<const Resource*, Chain> known_;
};

void check(const Inventory& in, Report& out) {
  if (in.view<Calls>().all().empty()) return;
  Chains chains(in);
  for (const Resource* service : in.all(kinds::service)) {
    const Hop hop = hop_of(in.view<CallRules>(), *service);
    if (hop.rule == nullptr) continue;
    const std::int64_t before = chains.before(*service);
    const Chain& chain = chains.to(*service);
    // Told where the product grows too large, and not again further on.
    if (before == 1 || before > kMostTries || chain.tries <= kMostTries) continue;
    out.add(*hop.rule->route, hop.rule->attempts,
            fmt::format("one call can become {} calls of {}: each of {} is tried again",
                        chain.tries, service->full_name(), chain.names))
        .with("service", service->full_name());
  }
}

}  // namespace

Rule wr004() {
  return {.id = "WR004",
          .slug = "retries-multiply",
          .mesh = "all",
          .category = "resiliency",
          .title = "retries multiply along a chain of calls",
          .why =
              "Each service of the chain repeats what the next one repeats as well. When the last "
              "one fails it gets the product of all tries, and cannot recover under it. Who calls "
              "whom is taken from the principals of AuthorizationPolicies and the egress of "
              "Sidecars.",
          .remedy = "retry at one place of the chain, and set attempts: 0 at the others",
          .check = check};
}

}  // namespace weft::rules
