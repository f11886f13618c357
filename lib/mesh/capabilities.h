// What a mesh can do, as ids: the rows of the capability table. Catalogue files, `weft mesh advise`
// and the pattern compiler speak of capabilities by these names.
//
//   for (const auto& capability : mesh::capabilities()) ...   // {"canary", "traffic-split", ...}
#pragma once

#include <span>
#include <string_view>

namespace weft::mesh {

struct CapabilityRow {
  std::string_view id;
  std::string_view alias;  // a second name that people use; may be empty
  std::string_view title;
};

std::span<const CapabilityRow> capabilities();
// By id or alias; nullptr when there is none.
const CapabilityRow* find_capability(std::string_view name);

}  // namespace weft::mesh
