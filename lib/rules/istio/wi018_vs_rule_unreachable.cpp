#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_rules(const Resource& vs, std::string_view kind, Report& out) {
  std::set<std::string> seen;
  std::optional<std::size_t> match_all;
  std::size_t number = 0;
  for (const Value& rule : routes(vs, kind)) {
    ++number;
    const auto matches = items(get(&rule, "match"));
    const auto is_seen = [&seen](const Value& match) { return seen.contains(canonical(match)); };
    std::string reason;
    if (match_all)
      reason = fmt::format("rule {} before it matches everything", *match_all);
    else if (!matches.empty() && std::all_of(matches.begin(), matches.end(), is_seen))
      reason = "earlier rules have the same matches";
    if (!reason.empty())
      out.add(vs, &rule, fmt::format("{} rule {} is never reached: {}", kind, number, reason))
          .with("ruleno", fmt::format("{} #{}", kind, number))
          .with("reason", reason);
    if (matches.empty() && !match_all) match_all = number;
    for (const Value& match : matches) seen.insert(canonical(match));
  }
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service))
    for (const char* kind : {"http", "tls", "tcp"}) check_rules(*vs, kind, out);
}

}  // namespace

Rule wi018() {
  return {.id = "WI018",
          .slug = "vs-rule-unreachable",
          .mesh = "Istio",
          .category = "routing",
          .title = "a route rule that no request reaches",
          .why = "Rules are tried in their order; the first that matches is taken.",
          .remedy = "move the rule up, narrow the one before it, or remove it",
          .refs = "IST0130",
          .check = check};
}

}  // namespace weft::rules
