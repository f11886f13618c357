// The shipped suites and templates, as JSON. The definitions are generated from suites/*.yaml and
// templates/*.yaml (scripts/cmake/WeftEmbed.cmake).
#pragma once

#include <span>
#include <string_view>

#include "lib/base/embedded.h"

namespace weft::conform {

std::span<const base::EmbeddedFile> builtin_suites();
std::string_view builtin_suites_index();  // a list of the metadata of each
std::span<const base::EmbeddedFile> builtin_templates();
std::string_view builtin_templates_index();  // a list of the kind of each

}  // namespace weft::conform
