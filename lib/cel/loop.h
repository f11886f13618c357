// The loops that macros stand for, and the other constructs that bind a variable.
#pragma once

#include "lib/cel/machine.h"

namespace weft::cel {

Value loop(Machine& machine, const Node& node);
// Appends an entry to a map under construction; a failure when the key is there already or is
// none that a map may have. Otherwise null.
Value add_entry(Context& context, Entry* entries, std::size_t& size, const Value& key,
                const Value& value);

}  // namespace weft::cel
