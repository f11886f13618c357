// A stream of manifests gives documents and errors with places inside the text, and never more.
#include <cstdlib>

#include "lib/doc/read.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft::doc;
  const Limits limits{.depth = 50, .nodes = 20'000, .alias_bytes = 1 << 20};
  const auto manifests = read_manifests(
      Source("fuzz", std::string(reinterpret_cast<const char*>(data), size)), limits);
  for (const auto& error : manifests.broken)
    if (error.message.empty() || error.where.line > size + 1) std::abort();
  for (const auto& manifest : manifests.documents)
    for (const auto& repeated : manifest.repeated)
      if (repeated.at.line == 0) std::abort();
  return 0;
}
