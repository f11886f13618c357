#include <cstddef>
#include <cstdint>

#include "lib/image/oci.h"

// Any bytes as the program of an image.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string program(reinterpret_cast<const char*>(data), size);
  (void)weft::image::make_image(program, "input", "weft.local/weft:1", "1").ok();
  return 0;
}
