// Any text either compiles in each place or is refused with a position inside it, and what it
// expands to fits its place. The first byte of the input is the seed.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/load/template.h"

namespace {

using namespace weft::load;

void require(bool condition) {
  if (!condition) std::abort();
}

const Values& values() {
  static const Values made = [] {
    Values out;
    out.tables = {{"t", {{"a", {"1", "two words"}}, {"b", {"x\r\ny", "\"\\\xff"}}}}};
    out.variable = [](std::string_view name) -> std::optional<std::string> {
      if (name == "V") return "v w";
      return std::nullopt;
    };
    return out;
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const Place place : {Place::path, Place::header, Place::body}) {
    const auto made = Template::compile(text, place, values());
    if (!made.ok()) {
      require(made.error().where.line >= 1 && made.error().where.column <= text.size() + 1);
      require(!made.error().message.empty());
      continue;
    }
    if (text.find("{{") == std::string_view::npos) require(made->constant());
    std::string out;
    Draw draw{.number = data[0], .time_ns = 1, .random = Random(data[0])};
    made->append_to(out, draw);
    if (made->constant()) require(out == made->text());
    if (place == Place::header) require(out.find_first_of("\r\n") == std::string::npos);
    if (place == Place::path) require(out.find_first_of(" \r\n") == std::string::npos);
  }
  return 0;
}
