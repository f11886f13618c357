#include "lib/doc/write_text.h"

#include <cmath>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::doc {
namespace {

struct Escape {
  std::string_view bytes;
  std::string_view written;
};

// Line breaks and the byte order mark, which some readers of YAML treat specially.
constexpr Escape kBreaks[] = {{"\xc2\x85", "\\u0085"},
                              {"\xe2\x80\xa8", "\\u2028"},
                              {"\xe2\x80\xa9", "\\u2029"},
                              {"\xef\xbb\xbf", "\\ufeff"}};

void append_control(std::string& out, char c) {
  switch (c) {
    case '\n':
      out += "\\n";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\r':
      out += "\\r";
      break;
    default:
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
}

// One character from the front of `text`, which is not empty.
std::string_view first_character(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && (text[length] & 0xc0) == 0x80) ++length;
  return text.substr(0, length);
}

}  // namespace

std::string double_text(double value, bool bare_integers) {
  std::string text = fmt::format("{}", value);
  const std::size_t exponent = text.find('e');
  const bool whole = text.find('.') == std::string::npos;
  if (bare_integers && whole && exponent == std::string::npos && std::fabs(value) < 0x1p53 &&
      !(value == 0 && std::signbit(value)))
    return text;
  if (whole) text.insert(std::min(exponent, text.size()), ".0");
  return text;
}

void append_quoted(std::string& out, std::string_view text, bool ascii_breaks) {
  out += '"';
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    text.remove_prefix(character.size());
    const auto byte = static_cast<unsigned char>(character[0]);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += character;
    } else if (byte < 0x20 || byte == 0x7f) {
      append_control(out, character[0]);
      out += character.substr(1).empty() ? "" : "\xef\xbf\xbd";
    } else if (byte < 0x80 && character.size() == 1) {
      out += character;
    } else if (!base::valid_utf8(character)) {
      out += "\xef\xbf\xbd";
    } else {
      std::string_view written = character;
      for (const auto& escape : kBreaks)
        if (ascii_breaks && escape.bytes == character) written = escape.written;
      out += written;
    }
  }
  out += '"';
}

}  // namespace weft::doc
