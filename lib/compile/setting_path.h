// Settings by the names that mappings use: "attempts", "client.namespace", "backends[i].weight",
// "on+statusCodes".
#pragma once

#include <string_view>
#include <vector>

#include "lib/doc/value.h"

namespace weft::compile {

struct Found {
  std::size_t index = 0;  // of the item, for [i]
  doc::Value value;
};

// Empty when the setting is absent. "a+b" is a map of those that are there.
std::vector<Found> find_settings(const doc::Value& settings, std::string_view name);
// The reverse.
void set_setting(doc::Value& settings, std::string_view name, std::size_t index, doc::Value value);
// "backends" of "backends[i].weight"; of "on+statusCodes" both.
std::vector<std::string> top_names(std::string_view name);

}  // namespace weft::compile
