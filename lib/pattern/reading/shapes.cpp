#include "lib/pattern/reading/shapes.h"

#include <algorithm>
#include <array>

namespace weft::pattern {
namespace {

constexpr std::array<std::string_view, 4> kModels = {"meshery-core", "meshery-shapes",
                                                     "meshery-flowchart", "meshery-arrows"};
constexpr std::array<std::string_view, 16> kShapes = {"AnchorNode",     "BottomRoundRectangle",
                                                      "Comment",        "GenericNode",
                                                      "Generic Node",   "Hexagon",
                                                      "Polygon",        "NodeGroupInventoryWallet",
                                                      "Rectangle",      "RoundBarrel",
                                                      "RoundRectangle", "RoundTag",
                                                      "RoundTriangle",  "Section",
                                                      "TextBox",        "Text Box"};

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& all, std::string_view word) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

}  // namespace

bool is_shape(std::string_view type, std::string_view model) {
  return contains(kModels, model) || model.ends_with("-icons") || contains(kShapes, type);
}

}  // namespace weft::pattern
