// Equality, order and arithmetic, as the language specification defines them: numbers of any type
// are equal when they stand for the same number, integers never wrap, unlike types are unequal.
#pragma once

#include <compare>
#include <optional>

#include "lib/cel/ast.h"
#include "lib/cel/context.h"

namespace weft::cel {

bool equal(Context& context, const Value& a, const Value& b);
// Absent when the types have no order between them; unordered when a NaN takes part.
std::optional<std::partial_ordering> compare(const Value& a, const Value& b);
// add, subtract, multiply, divide, modulo.
Value arithmetic(Context& context, Op op, const Value& a, const Value& b);
Value no_overload(Context& context, Op op, const Value& a, const Value& b);
Value negate(Context& context, const Value& value);
// `a in b`: elements of a list, keys of a map.
Value contained(Context& context, const Value& a, const Value& b);

}  // namespace weft::cel
