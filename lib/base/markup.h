// Text for XML 1.0 and HTML, inside an element or an attribute in double quotes: names, labels and
// what servers said may be anything.
#pragma once

#include <string>
#include <string_view>

namespace weft::base {

// Markup becomes entities, line breaks and tabs become numbers (attributes would lose them); bytes
// that are no UTF-8 and characters that XML cannot hold become U+FFFD.
std::string escape_markup(std::string_view text);

}  // namespace weft::base
