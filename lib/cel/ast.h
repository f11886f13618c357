// An expression as a tree in one array. The parser makes it from text; resolve() then turns
// names into variable slots, calls into overloads and macros into loops, after which it can run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/cel/arena.h"
#include "lib/cel/function.h"
#include "lib/cel/value.h"
#include "lib/regex/regex.h"

namespace weft::cel {

enum class Op : std::uint8_t {
  constant,         // constants[detail]
  variable,         // slots[detail]
  select,           // operand.names[detail]
  optional_select,  // operand.?name
  has,              // has(operand.name)
  index,            // operand[operand]
  optional_index,   // operand[?operand]
  list,
  map,             // key, value, key, value
  optional_entry,  // ?element of a list, ?key of a map
  call,            // calls[detail] over the operands
  conditional,
  all_of,  // && over all operands
  any_of,  // ||
  negation,
  negate,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  // Loops: range, [filter,] body; detail is the slot of the variable, or of the first of two.
  every,
  some,
  one,
  filter,
  transform,
  transform_map,
  bind,      // initial value, body; detail is the slot
  opt_map,   // optional, body
  opt_flat,  // optional, body that is itself optional
  // Before resolve() only.
  name,         // names[detail]
  function,     // names[detail](operands)
  member_call,  // operand.names[detail](operands)
};

struct Node {
  Op op;
  bool two_variables = false;
  std::uint16_t height = 1;  // of the tree below; bounds the recursion over it
  std::uint32_t offset = 0;  // in the text
  std::uint32_t detail = 0;
  std::uint32_t first = 0;  // in operands
  std::uint32_t count = 0;
};

struct Call {
  std::vector<const Overload*> overloads;  // of this name and number of arguments
  // matches() with a literal: compiled with the expression.
  std::vector<regex::Regex> pattern;
};

struct Tree {
  std::string text;
  std::vector<Node> nodes;
  std::vector<std::uint32_t> operands;
  std::vector<Value> constants;
  std::vector<std::string_view> names;
  std::vector<Call> calls;
  Arena arena;  // of texts in constants and names
  std::uint32_t root = 0;
  std::uint32_t slots = 0;

  std::uint32_t operand(const Node& node, std::uint32_t index) const {
    return operands[node.first + index];
  }
};

}  // namespace weft::cel
