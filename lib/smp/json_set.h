// Setting members of a JSON map only where something is known.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "lib/doc/value.h"

namespace weft::smp {

template <typename T>
void set_known(doc::Value& map, std::string_view key, const std::optional<T>& value) {
  if (value) map.set(key, *value);
}

inline void set_known(doc::Value& map, std::string_view key, const std::string& text) {
  if (!text.empty()) map.set(key, text);
}

// A container only when it holds something.
inline void set_filled(doc::Value& map, std::string_view key, doc::Value value) {
  if (value.size() != 0) map.set(key, std::move(value));
}

template <typename Map>
doc::Value to_map(const Map& entries) {
  doc::Value map = doc::Value::map();
  for (const auto& [key, value] : entries) map.set(key, value);
  return map;
}

template <typename List>
doc::Value to_list(const List& entries) {
  doc::Value list = doc::Value::list();
  for (const auto& entry : entries) list.push(entry);
  return list;
}

}  // namespace weft::smp
