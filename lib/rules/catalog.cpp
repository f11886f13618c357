#include <algorithm>

#include "lib/base/text.h"
#include "lib/rules/rule.h"

namespace weft::rules {

#define WEFT_RULE(name) Rule name();
#include "lib/rules/rules.inc"
#undef WEFT_RULE

std::string_view name_of(Severity severity) {
  constexpr std::string_view kNames[] = {"info", "warning", "error"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::vector<std::string_view> Rule::codes() const {
  std::vector<std::string_view> all = base::split(refs, ' ');
  std::erase(all, std::string_view());
  return all;
}

const std::vector<Rule>& all_rules() {
  static const std::vector<Rule> rules = [] {
    std::vector<Rule> table = {
#define WEFT_RULE(name) name(),
#include "lib/rules/rules.inc"
#undef WEFT_RULE
    };
    std::sort(table.begin(), table.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
    return table;
  }();
  return rules;
}

const Rule* find_rule(std::string_view name) {
  for (const Rule& rule : all_rules())
    if (base::equal_ignoring_case(rule.id, name) || base::equal_ignoring_case(rule.slug, name))
      return &rule;
  return nullptr;
}

}  // namespace weft::rules
