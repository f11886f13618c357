// The catalogue files that are compiled in, as JSON. The definitions are generated from
// catalog/*.yaml (scripts/cmake/WeftEmbed.cmake).
#pragma once

#include <span>
#include <string_view>

#include "lib/base/embedded.h"

namespace weft::mesh {

std::span<const base::EmbeddedFile> builtin_meshes();  // name: the id
// A list of the heads: the keys that read_head wants, nothing else.
std::string_view builtin_meshes_index();

}  // namespace weft::mesh
