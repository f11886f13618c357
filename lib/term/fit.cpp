#include "lib/term/fit.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lib/base/text.h"

namespace weft::term {
namespace {

// The first character of non-empty `text`, continuation bytes included; one byte when malformed.
std::string_view first_character(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && length < 4 && (text[length] & 0xc0) == 0x80) ++length;
  const auto character = text.substr(0, length);
  return base::valid_utf8(character) ? character : text.substr(0, 1);
}

bool is_control(std::string_view character) {
  const auto byte = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return byte < 0x20 || byte >= 0x7f;
  // U+0080..U+009F; U+202A..U+202E and U+2066..U+2069 reorder what follows them.
  return (byte == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0) ||
         (character >= "\u202a" && character <= "\u202e") ||
         (character >= "\u2066" && character <= "\u2069");
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kAscii = {{
    {"µ", "u"},
    {"–", "-"},
    {"—", "-"},
    {"…", "~"},
    {"·", "|"},
    {"×", "x"},
    {"≤", "<="},
    {"±", "+-"},
}};

}  // namespace

std::string printable(std::string_view text, const Terminal& terminal) {
  std::string out;
  while (!text.empty()) {
    const auto character = first_character(text);
    text.remove_prefix(character.size());
    const auto stand_in = std::find_if(kAscii.begin(), kAscii.end(),
                                       [&](const auto& pair) { return pair.first == character; });
    if (is_control(character))
      out += '?';
    else if (!terminal.unicode && stand_in != kAscii.end())
      out += stand_in->second;
    else
      out += character;
  }
  return out;
}

std::string truncate(std::string_view text, int width, const Terminal& terminal) {
  if (display_width(text) <= width) return std::string(text);
  if (width <= 0) return {};
  std::string out;
  int used = 0;
  while (!text.empty()) {
    const auto character = first_character(text);
    const int columns = display_width(character);
    if (used + columns > width - 1) break;
    out += character;
    used += columns;
    text.remove_prefix(character.size());
  }
  return out + (terminal.unicode ? "…" : "~");
}

std::string wrap(std::string_view text, int width, int column, int indent) {
  std::string out;
  bool first = true;
  for (std::string_view word : base::split(text, ' ')) {
    const int length = display_width(word);
    if (!first && column + 1 + length > width) {
      out += '\n' + std::string(static_cast<std::size_t>(indent), ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += length;
    first = false;
  }
  return out;
}

std::string pad(std::string_view text, int width, Align align) {
  const auto spaces = static_cast<std::size_t>(std::max(0, width - display_width(text)));
  std::string out(text);
  out.insert(align == Align::left ? out.size() : 0, spaces, ' ');
  return out;
}

}  // namespace weft::term
