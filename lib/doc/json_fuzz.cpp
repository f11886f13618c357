// Whatever is read is written and reads back the same.
#include <cstdlib>

#include "lib/doc/read.h"
#include "lib/doc/write.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft::doc;
  const auto document =
      read_json(Source("fuzz", std::string(reinterpret_cast<const char*>(data), size)));
  if (!document.ok()) return 0;
  const auto again = read_json(Source("written", write_json(document->root)));
  if (!again.ok() || !(again->root == document->root)) std::abort();
  return 0;
}
