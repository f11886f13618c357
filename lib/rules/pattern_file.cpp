#include "lib/rules/pattern_file.h"

#include <algorithm>

#include "lib/rules/fields.h"

namespace weft::rules {

bool is_pattern(const doc::Value& root) {
  if (get(&root, "kind") != nullptr || get(&root, "apiVersion") != nullptr) return false;
  if (text(get(&root, "schemaVersion")).starts_with("designs.")) return true;
  // Compose files have services as well, but no type and no name of the whole.
  const auto services = members(get(&root, "services"));
  return get(&root, "name") != nullptr &&
         std::any_of(services.begin(), services.end(), [](const Member& service) {
           return !text(get(&service.value, "type")).empty();
         });
}

}  // namespace weft::rules
