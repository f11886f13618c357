// The style sheet of the pages: light and dark by the reader's preference, and for paper.
#pragma once

#include <string_view>

namespace weft::report {

std::string_view style_sheet();

}  // namespace weft::report
