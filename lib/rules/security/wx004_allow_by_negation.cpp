#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Matches {
  int positive = 0;
  int negative = 0;
};

void count_fields(const Value& entry, std::string_view part, Matches& matches) {
  for (const Member& field : members(get(&entry, part)))
    ++(field.key.starts_with("not") ? matches.negative : matches.positive);
}

Matches matches_of(const Value& rule) {
  Matches matches;
  for (const Value& from : items(get(&rule, "from"))) count_fields(from, "source", matches);
  for (const Value& to : items(get(&rule, "to"))) count_fields(to, "operation", matches);
  for (const Value& when : items(get(&rule, "when"))) {
    matches.positive += get(&when, "values") != nullptr ? 1 : 0;
    matches.negative += get(&when, "notValues") != nullptr ? 1 : 0;
  }
  return matches;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    const std::string_view action = text(get(policy->spec, "action"));
    if (!action.empty() && action != "ALLOW") continue;
    for (const Value& rule : items(get(policy->spec, "rules"))) {
      const Matches matches = matches_of(rule);
      if (matches.negative > 0 && matches.positive == 0)
        out.add(*policy, &rule, "allows everything but what it names");
    }
  }
}

}  // namespace

Rule wx004() {
  return {.id = "WX004",
          .slug = "allow-by-negation",
          .mesh = "Istio",
          .category = "security",
          .title = "an ALLOW rule built only of exceptions",
          .why =
              "Whoever or whatever was forgotten is let in: a new path, a new namespace, a path "
              "written another way.",
          .remedy = "list what is allowed, or say what is forbidden in a policy of action DENY",
          .check = check};
}

}  // namespace weft::rules
