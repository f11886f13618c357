// Which of the shipped patterns can be written for which mesh, as they are, without setting a
// variable.
//
//   WEFT_TRY(cells, coverage(catalog));
//   for (const Covered& cell : cells) show(cell.pattern->id, cell.mesh, cell.how, cell.reason);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/mesh/catalog.h"
#include "lib/pattern/reading/shipped.h"

namespace weft::pattern {

enum class How {
  whole,
  partial,  // with losses that must be allowed
  none,
};
std::string_view name_of(How how);  // "whole", "partial", "none"

struct Covered {
  const Shipped* pattern = nullptr;
  std::string mesh;  // a column of the capabilities
  How how = How::whole;
  std::string reason;  // why it is not whole, and what comes nearest
};

// By pattern, in the order of the catalogue, then by mesh.
base::Result<std::vector<Covered>> coverage(const mesh::Catalog& catalog);

}  // namespace weft::pattern
