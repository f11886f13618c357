// allOf, anyOf, oneOf, not. What people write with them is mostly "only one of these fields",
// and that is how a violation is told.
#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/schema/validator.h"

namespace weft::schema {
namespace {

void add_required(const Node& node, std::vector<std::string>& names) {
  for (const auto& name : node.required)
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  for (const Node* each : node.any_of) add_required(*each, names);
}

bool says_only_required(const Node& node) {
  const auto nothing_else = [](const Node& each) {
    return each.kind == Kind::any && each.fields.empty() && each.allowed.empty() && !each.pattern &&
           each.one_of.empty() && each.all_of.empty() && each.not_of == nullptr;
  };
  return nothing_else(node) && std::all_of(node.any_of.begin(), node.any_of.end(),
                                           [&](const Node* each) { return nothing_else(*each); });
}

// The fields that the alternatives are about, when they are about nothing else.
std::vector<std::string> fields_of(const std::vector<const Node*>& alternatives) {
  std::vector<std::string> names;
  for (const Node* each : alternatives) {
    const bool excludes = each->not_of != nullptr && each->required.empty();
    const Node& inner = excludes ? *each->not_of : *each;
    if (!says_only_required(inner)) return {};
    add_required(inner, names);
  }
  return names;
}

std::vector<std::string> present(const std::vector<std::string>& names, const doc::Value& value) {
  std::vector<std::string> out;
  for (const auto& name : names)
    if (value.find(name) != nullptr) out.push_back(name);
  return out;
}

}  // namespace

bool Validator::holds(const Node& node, const doc::Value& value) {
  const bool outer = failed_;
  failed_ = false;
  ++silent_;
  walk(node, value);
  --silent_;
  const bool good = !failed_;
  failed_ = outer;
  return good;
}

void Validator::check_combinations(const Node& node, const doc::Value& value) {
  for (const Node* each : node.all_of) walk(*each, value);
  if (!node.any_of.empty()) check_choice(node, value, false);
  if (!node.one_of.empty()) check_choice(node, value, true);
  if (node.not_of == nullptr || !holds(*node.not_of, value)) return;
  if (silent_ > 0) return report(IssueKind::combination, value.position(), {});
  std::vector<std::string> names;
  if (says_only_required(*node.not_of)) add_required(*node.not_of, names);
  names = present(names, value);
  report(IssueKind::combination, value.position(),
         names.empty() ? "has a form that is not allowed"
                       : fmt::format("{} must not be set {}", base::join(names, ", "),
                                     names.size() > 1 ? "together" : "here"));
}

void Validator::check_choice(const Node& node, const doc::Value& value, bool exactly_one) {
  const auto& alternatives = exactly_one ? node.one_of : node.any_of;
  std::size_t count = 0;
  for (const Node* each : alternatives) {
    if (exhausted_) return;
    if (holds(*each, value) && ++count == (exactly_one ? 2 : 1)) break;
  }
  if (count == 1 || exhausted_) return;
  if (silent_ > 0) return report(IssueKind::combination, value.position(), {});
  const auto names = fields_of(alternatives);
  const auto found = present(names, value);
  std::string message = count == 0 ? "has none of the allowed forms" : "has more than one form";
  if (exactly_one && found.size() > 1)
    message = fmt::format("only one of {} may be set, found {}", base::join(names, ", "),
                          base::join(found, " and "));
  else if (!names.empty() && found.empty())
    message = fmt::format("one of {} must be set", base::join(names, ", "));
  report(IssueKind::combination, value.position(), std::move(message));
}

}  // namespace weft::schema
