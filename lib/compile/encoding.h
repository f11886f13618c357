// How a mesh writes a value: durations, percentages, conditions, identities. Each encoding works
// in both directions, so what is written can be lifted again.
//
//   const Encoding* encoding = find_encoding("gep2257");
//   encoding->encode("1.5s", coding);                       // "1s500ms"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/compile/names.h"
#include "lib/compile/tables.h"

namespace weft::compile {

struct Coding {
  const Names& names;
  const Variant& variant;           // whose tables of values count
  std::string argument;             // of the encoding
  std::vector<std::string> losses;  // filled in by encode: what of the value is not expressed
};

struct Encoding {
  std::string_view name;
  // Absent: the value cannot be written at all; a loss says why.
  std::optional<doc::Value> (*encode)(const doc::Value& value, Coding& coding);
  // Absent: not a value that encode makes.
  std::optional<doc::Value> (*decode)(const doc::Value& value, const Coding& coding);
  // What is written tells nothing of the setting; decode is not asked.
  bool is_silent = false;
};

// "" is the value as it is; nullptr when there is none of that name.
const Encoding* find_encoding(std::string_view name);

}  // namespace weft::compile
