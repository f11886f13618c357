// Whatever is read can be resolved, ordered and written, and what is written reads again.
#include <cstdlib>

#include "lib/doc/write.h"
#include "lib/pattern/reading/read.h"
#include "lib/pattern/writing/convert.h"
#include "lib/pattern/writing/draw.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto reading = pattern::read(doc::Source("fuzz", text), {});
  if (!reading.ok()) return 0;
  static const mesh::Catalog catalog = mesh::Catalog::builtin();
  static const pattern::Types types = pattern::Types::make(catalog).value();
  pattern::Notes notes;
  const auto resolution = pattern::resolve(reading->pattern, types, catalog, {}, notes);
  if (!resolution.ok()) return 0;
  const auto graph = pattern::make_graph(*resolution, notes);
  if (!graph.ok()) return 0;
  pattern::draw_tree(*resolution, *graph);
  pattern::draw_svg(*resolution, *graph);
  const auto converted = pattern::convert(*resolution, *graph, pattern::Dialect::v0);
  const auto again =
      pattern::read(doc::Source("again", doc::write_yaml(converted.documents.front())), {});
  if (!again.ok() || again->pattern.services.size() != reading->pattern.services.size())
    std::abort();
  return 0;
}
