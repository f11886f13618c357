#include "lib/cel/utf8.h"

#include <algorithm>

#include "lib/base/text.h"

namespace weft::cel {

std::size_t code_point_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length == 1 || length > text.size()) return 1;
  return base::valid_utf8(text.substr(0, length)) ? length : 1;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count)
    text.remove_prefix((text[0] & 0x80) == 0 ? 1 : code_point_bytes(text));
  return count;
}

std::size_t byte_offset(std::string_view text, std::size_t index) {
  std::string_view rest = text;
  for (; index > 0; --index) {
    if (rest.empty()) return std::string_view::npos;
    rest.remove_prefix(code_point_bytes(rest));
  }
  return text.size() - rest.size();
}

bool append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
  return true;
}

}  // namespace weft::cel
