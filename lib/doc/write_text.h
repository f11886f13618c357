// What the YAML and the JSON writer share: numbers and escaped strings.
#pragma once

#include <string>
#include <string_view>

namespace weft::doc {

// The shortest text that reads back as the same finite double; it always has a point or, with
// `bare_integers`, none where the value is a whole number below 2^53.
std::string double_text(double value, bool bare_integers);

// "text" in double quotes with JSON's escapes, which double-quoted YAML knows too. Bytes that are
// not UTF-8 become U+FFFD. `ascii_breaks` escapes U+0085, U+2028, U+2029 and U+FEFF as well.
void append_quoted(std::string& out, std::string_view text, bool ascii_breaks);

}  // namespace weft::doc
