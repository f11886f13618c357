#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kGroup = "specs.smi-spec.io";

void check_match(const Resource& target, const Resource& group, const Value& wanted, Report& out) {
  // v1alpha1 has matches at the top, later versions below spec.
  const Value* matches = get(group.spec, "matches");
  if (matches == nullptr) matches = get(group.root, "matches");
  const auto all = items(matches);
  if (std::any_of(all.begin(), all.end(),
                  [&](const Value& match) { return text(get(&match, "name")) == text(&wanted); }))
    return;
  out.add(target, &wanted, fmt::format("{} has no match {}", group.title(), text(&wanted)))
      .with("match", text(&wanted));
}

void check(const Inventory& in, Report& out) {
  for (const Resource* target : in.all(kinds::traffic_target)) {
    for (const Value& rule : items(get(target->spec, "rules"))) {
      const std::string_view kind = text(get(&rule, "kind"));
      const Value* name = get(&rule, "name");
      if ((kind != "HTTPRouteGroup" && kind != "TCPRoute") || text(name).empty()) continue;
      const Resource* group = in.find({kGroup, kind}, target->ns, text(name));
      if (group == nullptr)
        out.add(*target, name, fmt::format("there is no {} {}/{}", kind, target->ns, text(name)))
            .with("rule", text(name))
            .absence();
      else if (kind == "HTTPRouteGroup")
        for (const Value& match : items(get(&rule, "matches")))
          check_match(*target, *group, match, out);
    }
  }
}

}  // namespace

Rule ws005() {
  return {.id = "WS005",
          .slug = "target-rule-missing",
          .severity = Severity::error,
          .mesh = "SMI",
          .category = "security",
          .title = "a TrafficTarget for routes that are not there",
          .why = "The rule allows nothing: the clients it was written for are refused.",
          .remedy = "correct the name, or create the group in the namespace of the TrafficTarget",
          .check = check};
}

}  // namespace weft::rules
