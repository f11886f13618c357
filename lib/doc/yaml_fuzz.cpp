// Whatever is read is written and reads back the same.
#include <cmath>
#include <cstdlib>

#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace {

// NaN is the one value that does not equal itself.
bool holds_nan(const weft::doc::Value& value) {
  if (value.is_number()) return std::isnan(value.number());
  if (value.is_list())
    for (const auto& item : value.items())
      if (holds_nan(item)) return true;
  if (value.is_map())
    for (const auto& member : value.members())
      if (holds_nan(member.value)) return true;
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft::doc;
  const Limits limits{.depth = 50, .nodes = 20'000, .alias_bytes = 1 << 20};
  const auto documents =
      read_yaml(Source("fuzz", std::string(reinterpret_cast<const char*>(data), size)), limits);
  if (!documents.ok()) return 0;
  for (const auto& document : *documents) {
    if (holds_nan(document.root)) continue;
    const auto again = read_yaml(Source("written", write_yaml(document.root)));
    if (!again.ok() || again->size() != 1 || !(again->front().root == document.root)) std::abort();
  }
  return 0;
}
