// The schemas that are compiled in, for when nothing better is at hand: the kinds of the meshes,
// written in the notation of notation.h (kinds/*.yaml). They know fields, types and ranges, not
// the validation rules of the real definitions, and one recent version of each mesh.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "lib/base/embedded.h"
#include "lib/schema/schema_set.h"

namespace weft::schema {

// Generated from kinds/*.yaml (scripts/cmake/WeftEmbed.cmake).
std::span<const base::EmbeddedFile> builtin_kinds();
// Of each file, in the same order: title and groups.
std::string_view builtin_kinds_index();

// Read and compiled when first asked for; nullptr when there is none. Safe from several threads.
const Schema* builtin_schema(const KindName& name);
std::vector<KindName> builtin_names();
// What is wrong with the files: nothing, says a test.
std::vector<std::string> builtin_problems();

}  // namespace weft::schema
