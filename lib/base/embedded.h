// A file of the source tree that is compiled in; scripts/cmake/WeftEmbed.cmake writes the tables.
#pragma once

#include <string_view>

namespace weft::base {

struct EmbeddedFile {
  std::string_view name;  // "istio": the file's name without its ending
  std::string_view text;
};

}  // namespace weft::base
