// What a plain YAML scalar means in the 1.2 core schema; reader and writer agree through it.
//
//   yaml_scalar("0x1f")  -> 31        yaml_scalar("yes") -> "yes"       yaml_scalar("1e999") ->
//   absent
#pragma once

#include <optional>
#include <string_view>

#include "lib/doc/value.h"

namespace weft::doc {

// Absent when it is written like a number that no double can hold. Integers beyond 64 bits become
// doubles.
std::optional<Value> yaml_scalar(std::string_view text);

// True at once for most text: it begins like no number and is as long as none of the words.
inline bool is_surely_text(std::string_view text) {
  if (text.empty() || text[0] == '~' || (text[0] >= '+' && text[0] <= '9')) return false;
  const bool has_length_of_a_word = text.size() == 4 || text.size() == 5;
  return !has_length_of_a_word || std::string_view("nNtTfF").find(text[0]) == text.npos;
}

// Text that the core schema reads as a string, but YAML 1.1 (many tools still) as a boolean,
// number or date: "yes", "1_000", "12:30", "2026-03-01".
bool is_typed_in_yaml_1_1(std::string_view text);

}  // namespace weft::doc
