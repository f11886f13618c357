// A rule: what it looks for, why that matters and what to do, and the function that looks.
// One rule is one file that defines a function returning it; README.md has the recipe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft::rules {

class Inventory;
class Report;

enum class Severity { info, warning, error };
std::string_view name_of(Severity severity);  // "info", "warning", "error"

struct Rule {
  std::string_view id;    // "WI010": a letter for the family, then a number that is never reused
  std::string_view slug;  // "vs-gateway-missing"
  Severity severity = Severity::warning;
  std::string_view mesh;      // "all", "Istio", "Linkerd", ...
  std::string_view category;  // heading of the list: "routing", "security", ...
  std::string_view title;     // one line without a full stop
  std::string_view why;       // what goes wrong, for somebody who has never met it
  std::string_view remedy;    // what to do
  std::string_view refs;      // codes of other tools for the same thing, separated by spaces
  void (*check)(const Inventory& in, Report& out) = nullptr;

  std::vector<std::string_view> codes() const;  // refs, one by one
};

// All rules, by id.
const std::vector<Rule>& all_rules();
// By id or slug, in any case; nullptr when there is none.
const Rule* find_rule(std::string_view name);

}  // namespace weft::rules
