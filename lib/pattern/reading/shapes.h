// What stands in a design only to be drawn.
#pragma once

#include <string_view>

namespace weft::pattern {

// A whiteboard shape by its type and the model that it comes from (which may be empty).
bool is_shape(std::string_view type, std::string_view model);

}  // namespace weft::pattern
