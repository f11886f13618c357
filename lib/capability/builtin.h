// The catalogue files that are compiled in, as JSON. The definitions are generated from
// catalog/*.yaml (scripts/cmake/WeftEmbed.cmake).
#pragma once

#include <span>
#include <string_view>

#include "lib/base/embedded.h"

namespace weft::capability {

std::span<const base::EmbeddedFile> builtin_capabilities();
// A list of id, type and name of each.
std::string_view builtin_capabilities_index();

}  // namespace weft::capability
