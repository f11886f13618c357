// x-kubernetes-validations.
#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/schema/validator.h"

namespace weft::schema {

void Validator::check_rules(const Node& node, const doc::Value& value) {
  for (const Rule& rule : node.rules) {
    if (rule_work_ == 0) exhausted_ = true;
    if (decided()) return;
    check_rule(node, rule, value);
  }
}

void Validator::check_rule(const Node& node, const Rule& rule, const doc::Value& value) {
  const cel::Input self{&value, &node.shape};
  const cel::Value result = evaluator_.run(rule.condition, {&self, 1});
  rule_work_ -= std::min(rule_work_, evaluator_.spent());
  const bool* verdict = result.get<bool>();
  if (verdict != nullptr && *verdict) return;
  if (silent_ > 0) return report(IssueKind::rule, value.position(), {});
  std::string message = rule.message;
  IssueKind kind = IssueKind::rule;
  if (verdict == nullptr) {
    kind = IssueKind::rule_failed;
    message = fmt::format("the rule {} cannot be evaluated: {}", rule.condition.text(),
                          result.is_error() ? result.failure().message : "its result is no bool");
  } else if (rule.message_expression) {
    const cel::Value text = evaluator_.run(*rule.message_expression, {&self, 1});
    if (text.type() == cel::Type::string && !base::trim(text.text()).empty())
      message = base::trim(text.text());
  }
  if (message.empty()) message = fmt::format("the rule does not hold: {}", rule.condition.text());
  const doc::Value* at = &value;
  const std::size_t depth = steps_.size();
  for (const std::string& part : rule.field_path) {
    steps_.push_back({part});
    if (at->find(part) != nullptr) at = at->find(part);
  }
  report(kind, at->position(), std::move(message));
  steps_.resize(depth);
}

}  // namespace weft::schema
