// The tables of this module, compiled in as JSON from meshes/*.yaml and mappings/*.yaml
// (scripts/cmake/WeftEmbed.cmake).
#pragma once

#include <span>
#include <string_view>

#include "lib/base/embedded.h"

namespace weft::compile {

std::span<const base::EmbeddedFile> builtin_meshes();  // name: the id of the mesh
std::string_view builtin_meshes_index();
std::span<const base::EmbeddedFile> builtin_mappings();  // name: the name of the capability
std::string_view builtin_mappings_index();

}  // namespace weft::compile
