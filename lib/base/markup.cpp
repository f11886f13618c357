#include "lib/base/markup.h"

#include "lib/base/text.h"

namespace weft::base {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// What stands for the character, empty for one that stands for itself.
std::string_view stand_in(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\n':
      return "&#10;";
    case '\t':
      return "&#9;";
    default:
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? kReplacement : std::string_view();
  }
}

// U+FFFE and U+FFFF.
bool is_no_character(std::string_view text) {
  return text.starts_with("\xef\xbf\xbe") || text.starts_with("\xef\xbf\xbf");
}

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t good = valid_utf8_length(text);  // that many bytes from the start
  while (!text.empty()) {
    const bool is_bad = good == 0;
    const std::size_t length = !is_bad && is_no_character(text) ? 3 : 1;
    const auto other = is_bad || length == 3 ? kReplacement : stand_in(text.front());
    out += other.empty() ? text.substr(0, 1) : other;
    text.remove_prefix(length);
    good = is_bad ? valid_utf8_length(text) : good - length;
  }
  return out;
}

}  // namespace weft::base
