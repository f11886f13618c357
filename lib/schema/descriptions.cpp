#include "lib/schema/descriptions.h"

namespace weft::schema {

doc::Value without_descriptions(const doc::Value& schema) {
  if (schema.is_list()) {
    doc::Value out = doc::Value::list();
    for (const auto& item : schema.items()) out.push(without_descriptions(item));
    return out;
  }
  if (!schema.is_map()) return schema;
  doc::Map out;
  for (const auto& member : schema.members())
    if (member.key != "description" || !member.value.is_string())
      out.push_back({member.key, without_descriptions(member.value), member.key_position});
  return out;
}

}  // namespace weft::schema
