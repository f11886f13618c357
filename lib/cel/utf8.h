// Code points of UTF-8 text: what positions and sizes of strings count. Bytes that are no UTF-8
// count as one each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weft::cel {

// Length in bytes of the first code point; `text` is not empty.
std::size_t code_point_bytes(std::string_view text);
std::size_t count_code_points(std::string_view text);
// The byte offset of code point `index`; npos when the text is shorter. The end counts as one.
std::size_t byte_offset(std::string_view text, std::size_t index);
// False, and nothing appended, for surrogates and numbers beyond U+10FFFF.
bool append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace weft::cel
