// Text into a tree, without knowing what names mean. Length and nesting are bounded here, so that
// everything behind may recurse over the tree.
#pragma once

#include <string>

#include "lib/base/result.h"
#include "lib/cel/ast.h"

namespace weft::cel {

inline constexpr std::size_t kMaxExpressionBytes = 64u << 10;
inline constexpr std::uint16_t kMaxHeight = 300;

base::Result<Tree> parse(std::string text);

}  // namespace weft::cel
