#include "lib/rules/label_selector.h"

#include <algorithm>

namespace weft::rules {
namespace {

bool holds(const Value& expression, const Labels& labels) {
  const auto label = labels.find(text(get(&expression, "key")));
  const bool exists = label != labels.end();
  const auto values = items(get(&expression, "values"));
  const bool is_listed = exists && std::any_of(values.begin(), values.end(), [&](const Value& v) {
                           return scalar_text(&v) == label->second;
                         });
  const std::string_view wanted = text(get(&expression, "operator"));
  if (wanted == "In") return is_listed;
  if (wanted == "NotIn") return !is_listed;
  if (wanted == "Exists") return exists;
  return wanted == "DoesNotExist" && !exists;
}

}  // namespace

Labels labels_of(const Value* labels) {
  Labels all;
  for (const Member& label : members(labels)) all[label.key] = scalar_text(&label.value);
  return all;
}

bool selects(const Value* selector, const Labels& labels) {
  const auto pairs = members(get(selector, "matchLabels"));
  const auto expressions = items(get(selector, "matchExpressions"));
  return std::all_of(pairs.begin(), pairs.end(),
                     [&](const Member& pair) {
                       const auto label = labels.find(pair.key);
                       return label != labels.end() && label->second == scalar_text(&pair.value);
                     }) &&
         std::all_of(expressions.begin(), expressions.end(),
                     [&](const Value& expression) { return holds(expression, labels); });
}

}  // namespace weft::rules
