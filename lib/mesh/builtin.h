// The catalogue files that are compiled in. The definition is generated from catalog/*.yaml.
#pragma once

#include <span>

#include "lib/base/embedded.h"

namespace weft::mesh {

std::span<const base::EmbeddedFile> builtin_meshes();

}  // namespace weft::mesh
