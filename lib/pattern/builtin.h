// The shipped patterns, as JSON. The definitions are generated from patterns/*.yaml
// (scripts/cmake/WeftEmbed.cmake).
#pragma once

#include <span>
#include <string_view>

#include "lib/base/embedded.h"

namespace weft::pattern {

std::span<const base::EmbeddedFile> builtin_patterns();
// A list of the name of each.
std::string_view builtin_patterns_index();

}  // namespace weft::pattern
