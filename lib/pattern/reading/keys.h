// The "prettified" keys of designs published in 2022 to 2024: "api Groups" for apiGroups.
#pragma once

#include <cstddef>

#include "lib/doc/value.h"

namespace weft::pattern {

// Removes the blanks of all keys below `value`, but for maps whose keys are data: labels,
// annotations, data. Returns how many keys had some; `first` is where the first one stands. Of two
// keys that become one the first is kept.
std::size_t remove_blanks(doc::Value& value, doc::Position& first);

}  // namespace weft::pattern
