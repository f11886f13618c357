// Gives every name of a parsed tree its meaning and refuses what can never work: unknown
// variables, functions and fields, arguments of impossible types. Types are followed only as far
// as shapes and literals tell them; what is unknown is left to the evaluation.
#pragma once

#include <span>
#include <string_view>

#include "lib/base/result.h"
#include "lib/cel/ast.h"

namespace weft::cel {

// A name that the expression may use; values are given in the same order.
struct Variable {
  std::string_view name;
  const Shape* shape = nullptr;  // null: of any type
};

// Returns the type of the whole expression.
base::Result<Type> resolve(Tree& tree, std::span<const Variable> variables);

// __namespace__ and the like as the fields they stand for.
std::string unescape_field(std::string_view name);

}  // namespace weft::cel
