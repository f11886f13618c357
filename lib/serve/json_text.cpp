#include "lib/serve/json_text.h"

#include <charconv>

#include "lib/base/text.h"

namespace weft::serve {
namespace {

void append_escape(std::string& out, unsigned code) {
  constexpr char kHex[] = "0123456789abcdef";
  out += "\\u00";
  out += kHex[(code >> 4) & 15];
  out += kHex[code & 15];
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  bool utf8 = false;
  bool checked = false;
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && !checked) {
      utf8 = base::valid_utf8(text);
      checked = true;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) {
      append_escape(out, byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

std::string error_json(std::string_view reason, std::string_view parameter) {
  std::string out = "{\"error\":";
  append_json(out, reason);
  if (!parameter.empty()) {
    out += ",\"parameter\":";
    append_json(out, parameter);
  }
  out += "}\n";
  return out;
}

}  // namespace weft::serve
