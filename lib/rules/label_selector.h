// Label selectors of Kubernetes, as webhooks, network policies and disruption budgets have them.
//
//   if (selects(get(webhook, "namespaceSelector"), labels_of(ns->labels()))) ...
#pragma once

#include <map>
#include <string>

#include "lib/rules/fields.h"

namespace weft::rules {

using Labels = std::map<std::string, std::string, std::less<>>;
Labels labels_of(const Value* labels);

// matchLabels and matchExpressions all hold. No selector, or an empty one, selects everything; an
// operator that is not known selects nothing.
bool selects(const Value* selector, const Labels& labels);

}  // namespace weft::rules
