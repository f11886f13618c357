// Runs a resolved tree. Errors are values: they pass through operators and functions, && || and
// the loops absorb them as the language defines; a spent budget passes through everything.
#pragma once

#include "lib/cel/ast.h"
#include "lib/cel/context.h"

namespace weft::cel {

// `slots` has room for tree.slots values and begins with the variables.
Value evaluate(const Tree& tree, Context& context, Value* slots);

}  // namespace weft::cel
