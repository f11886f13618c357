// What must be known of a program before it can be the only file of an image.
//
//   WEFT_TRY(program, inspect_program(bytes, "/usr/bin/weft"));   // {"amd64", is_static}
#pragma once

#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace weft::image {

struct Program {
  std::string architecture;  // as images name it: "amd64", "arm64"
  bool is_static = false;    // starts without the loader and libraries of a distribution
};

// Reads the header and the segments (System V ABI, "Object Files") of a 64-bit little-endian Linux
// program; anything else is an input error that names `path`.
base::Result<Program> inspect_program(std::string_view bytes, std::string_view path);

}  // namespace weft::image
