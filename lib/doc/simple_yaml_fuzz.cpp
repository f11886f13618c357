// What SimpleYaml takes, libyaml reads alike.
#include <cstdio>
#include <cstdlib>

#include "lib/doc/compare_readers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft::doc;
  const std::string text(reinterpret_cast<const char*>(data), size);
  // A stream is cut before it comes here.
  if (text.find("\n---") != std::string::npos || text.find("\n%") != std::string::npos) return 0;
  const std::string found =
      disagreement(text, {.depth = 50, .nodes = 20'000, .alias_bytes = 1 << 20});
  if (found.empty()) return 0;
  std::fprintf(stderr, "%s\n", found.c_str());
  std::abort();
}
