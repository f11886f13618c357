#include "lib/pattern/reading/reader.h"

#include "lib/base/format.h"

namespace weft::pattern {

using base::Result;
using doc::Value;

Result<std::string> Reader::text(const Value& map, std::string_view key,
                                 std::string_view what) const {
  const Value* value = map.find(key);
  if (value == nullptr || value->is_null()) return std::string();
  if (value->is_string()) return value->string().str();
  if (value->is_int()) return fmt::format("{}", value->integer());
  if (value->is_number()) return fmt::format("{}", value->number());
  return error(value->position(),
               fmt::format("{} of {} must be a text, found {}", key, what, value->kind_name()));
}

Result<Value> Reader::map(const Value& map, std::string_view key, std::string_view what) const {
  const Value* value = map.find(key);
  if (value == nullptr || value->is_null()) return Value();
  if (value->is_map()) return *value;
  return error(value->position(),
               fmt::format("{} of {} must be a map, found {}", key, what, value->kind_name()));
}

Result<std::vector<Name>> Reader::names(const Value* value, std::string_view what) {
  std::vector<Name> out;
  if (value == nullptr || value->is_null()) return out;
  if (value->is_string()) {
    info(value->position(), fmt::format("dependsOn of {} is a text: taken as a list of one", what));
    return std::vector<Name>{{value->string(), value->position()}};
  }
  if (!value->is_list())
    return error(value->position(), fmt::format("dependsOn of {} must be a list of names, found {}",
                                                what, value->kind_name()));
  for (const Value& item : value->items()) {
    if (item.is_null()) continue;
    if (!item.is_string())
      return error(item.position(), fmt::format("dependsOn of {} must hold names, found {}", what,
                                                item.kind_name()));
    out.push_back({item.string(), item.position()});
  }
  return out;
}

}  // namespace weft::pattern
