// A list of bounds; the position of a mistake must lie in the text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/stats/threshold.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto parse : {weft::stats::parse_objectives, weft::stats::parse_changes}) {
    const auto terms = parse(text, "fuzz");
    if (!terms.ok() && (terms.error().where.column == 0 || terms.error().where.column > size + 1))
      std::abort();
  }
  return 0;
}
