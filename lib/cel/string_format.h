// "text %s and %.2f".format([...]): the verbs s d f e b o x X and %%.
#pragma once

#include <string>
#include <string_view>

#include "lib/cel/context.h"

namespace weft::cel {

// Arguments: the format and the list of values.
Value format_string(Context& context, const Value* arguments);
// In double quotes, with escapes.
std::string quoted(std::string_view text);

}  // namespace weft::cel
