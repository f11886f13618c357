// Documents that are refused because their aliases expand to too much, not for their syntax.
#pragma once

#include <string_view>

#include "lib/base/error.h"

namespace weft::rules {

inline bool is_alias_bomb(const base::Error& error) {
  return error.message.find("aliases of the document expand") != std::string::npos ||
         error.message.find("once the alias is expanded") != std::string::npos;
}

}  // namespace weft::rules
