// String literals: prefixes r and b, single, double and triple quotes, escapes.
#include <algorithm>

#include "lib/base/format.h"
#include "lib/cel/lexer.h"
#include "lib/cel/utf8.h"

namespace weft::cel {
namespace {

struct Escape {
  char letter;
  char meaning;
};
constexpr Escape kEscapes[] = {{'a', '\a'}, {'b', '\b'}, {'f', '\f'},  {'n', '\n'},
                               {'r', '\r'}, {'t', '\t'}, {'v', '\v'},  {'\\', '\\'},
                               {'?', '?'},  {'"', '"'},  {'\'', '\''}, {'`', '`'}};

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// Appends what the escape at the start of `rest` means; returns its length, 0 when it is none.
std::size_t append_escape(std::string& out, std::string_view rest, bool bytes) {
  if (rest.size() < 2) return 0;
  const char letter = rest[1];
  for (const auto& escape : kEscapes) {
    if (escape.letter != letter) continue;
    out += escape.meaning;
    return 2;
  }
  const bool octal = letter >= '0' && letter <= '3';
  const std::size_t digits = octal                            ? 3
                             : letter == 'x' || letter == 'X' ? 2
                             : letter == 'u'                  ? 4
                             : letter == 'U'                  ? 8
                                                              : 0;
  const std::size_t start = octal ? 1 : 2;
  if (digits == 0 || rest.size() < start + digits || (bytes && digits > 3)) return 0;
  std::uint32_t code = 0;
  for (const char c : rest.substr(start, digits)) {
    const int value = digit_value(c);
    if (value >= (octal ? 8 : 16)) return 0;
    code = code * (octal ? 8 : 16) + static_cast<std::uint32_t>(value);
  }
  if (bytes)
    out += static_cast<char>(code);
  else if (!append_utf8(out, code))
    return 0;
  return start + digits;
}

}  // namespace

base::Result<std::string> string_value(std::string_view text, const Token& token) {
  std::string_view rest = token.text;
  const std::size_t prefix = rest.find_first_of("\"'");
  const bool raw = rest.substr(0, prefix).find_first_of("rR") != std::string_view::npos;
  rest.remove_prefix(prefix);
  const std::string thrice(3, rest[0]);
  const std::size_t quotes = rest.size() >= 6 && rest.starts_with(thrice) ? 3 : 1;
  rest = rest.substr(quotes, rest.size() - 2 * quotes);
  if (raw) return std::string(rest);
  std::string out;
  while (!rest.empty()) {
    const std::size_t plain = std::min(rest.find('\\'), rest.size());
    out += rest.substr(0, plain);
    rest.remove_prefix(plain);
    if (rest.empty()) break;
    const std::size_t length = append_escape(out, rest, token.kind == TokenKind::bytes);
    if (length == 0)
      return syntax_error(
          text, static_cast<std::size_t>(rest.data() - text.data()),
          fmt::format("{} is no escape of a string",
                      std::string(rest.substr(0, std::min<std::size_t>(rest.size(), 2)))),
          "write \\\\ for a backslash, or a raw string r\"...\"");
    rest.remove_prefix(length);
  }
  return out;
}

}  // namespace weft::cel
