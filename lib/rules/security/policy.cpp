#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

void visit_entries(const Resource& policy, std::string_view list, std::string_view part,
                   std::string_view field, const std::function<void(const Value&)>& visit) {
  for (const Value& rule : items(get(policy.spec, "rules")))
    for (const Value& entry : items(get(&rule, list)))
      for (const Value& value : items(get(&entry, part, field))) visit(value);
}

}  // namespace

void for_each_source(const Resource& policy, std::string_view field,
                     const std::function<void(const Value&)>& visit) {
  visit_entries(policy, "from", "source", field, visit);
}

void for_each_operation(const Resource& policy, std::string_view field,
                        const std::function<void(const Value&)>& visit) {
  visit_entries(policy, "to", "operation", field, visit);
}

}  // namespace weft::rules
