#include "lib/cel/lexer.h"

#include <algorithm>
#include <iterator>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::cel {
namespace {

constexpr std::string_view kReserved[] = {
    "as",       "break",   "const",  "continue", "else", "false", "for",
    "function", "if",      "import", "in",       "let",  "loop",  "namespace",
    "null",     "package", "return", "true",     "var",  "void",  "while"};
// Longer marks before their beginnings.
constexpr std::string_view kMarks[] = {"&&", "||", "==", "!=", "<=", ">=", "(", ")",
                                       "[",  "]",  "{",  "}",  ".",  ",",  ":", "?",
                                       "+",  "-",  "*",  "/",  "%",  "<",  ">", "!"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

}  // namespace

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

bool is_reserved(std::string_view name) {
  return std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved);
}

base::Error syntax_error(std::string_view text, std::size_t offset, std::string message,
                         std::string remedy) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const std::size_t start = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  base::Where where;
  where.line = 1 + static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  where.column = 1 + static_cast<std::uint32_t>(offset - start);
  std::string_view line = text.substr(start, text.find('\n', offset) - start);
  constexpr std::size_t kLongest = 200;  // bytes of an excerpt
  line = line.substr(0, kLongest);
  where.excerpt = line.substr(0, base::valid_utf8_length(line));
  return base::Error{base::ExitCode::input, std::move(message), std::move(remedy)}.at(
      std::move(where));
}

void Lexer::skip_space() {
  while (at_ < text_.size()) {
    if (text_.substr(at_).starts_with("//"))
      at_ = std::min(text_.find('\n', at_), text_.size());
    else if (std::string_view(" \t\r\n\f").find(text_[at_]) != std::string_view::npos)
      ++at_;
    else
      return;
  }
}

Token Lexer::token(TokenKind kind, std::size_t length) {
  const Token result{kind, static_cast<std::uint32_t>(at_), text_.substr(at_, length)};
  at_ += length;
  return result;
}

base::Result<Token> Lexer::next() {
  skip_space();
  if (at_ >= text_.size()) return token(TokenKind::end, 0);
  const char c = text_[at_];
  if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])))
    return number();
  if (c == '"' || c == '\'') return string();
  if (is_name_start(c)) {
    std::size_t end = at_;
    while (end < text_.size() && is_name_part(text_[end])) ++end;
    const std::string prefix = base::lower(text_.substr(at_, end - at_));
    if (end < text_.size() && (text_[end] == '"' || text_[end] == '\'') &&
        (prefix == "r" || prefix == "b" || prefix == "rb" || prefix == "br"))
      return string();
    return token(TokenKind::name, end - at_);
  }
  if (c == '`') {
    const std::size_t end = text_.find('`', at_ + 1);
    if (end == std::string_view::npos) return syntax_error(text_, at_, "` is never closed");
    Token name = token(TokenKind::quoted_name, end + 1 - at_);
    name.text = name.text.substr(1, name.text.size() - 2);
    return name;
  }
  for (const auto mark : kMarks)
    if (text_.substr(at_).starts_with(mark)) return token(TokenKind::mark, mark.size());
  if (c == '=') return syntax_error(text_, at_, "= is no operator", "== compares two values");
  if (c == '&' || c == '|')
    return syntax_error(text_, at_, fmt::format("{} is no operator", c),
                        fmt::format("{0}{0} combines two conditions", c));
  return syntax_error(
      text_, at_,
      fmt::format("no expression has the character {}",
                  c > ' ' && c < 0x7f ? std::string(1, c)
                                      : fmt::format("0x{:02x}", static_cast<unsigned char>(c))));
}

Token Lexer::number() {
  std::size_t end = at_;
  const auto digits = [&] {
    while (end < text_.size() && is_digit(text_[end])) ++end;
  };
  const auto suffix = [&](TokenKind kind) {
    const bool is_unsigned = end < text_.size() && (text_[end] == 'u' || text_[end] == 'U');
    return is_unsigned ? token(TokenKind::uinteger, end + 1 - at_) : token(kind, end - at_);
  };
  if (const auto head = text_.substr(at_, 2); head == "0x" || head == "0X") {
    end += 2;
    while (end < text_.size() && is_hex(text_[end])) ++end;
    return suffix(TokenKind::integer);
  }
  digits();
  bool whole = true;
  if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
    whole = false;
    ++end;
    digits();
  }
  if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
    std::size_t exponent = end + 1;
    if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
    if (exponent < text_.size() && is_digit(text_[exponent])) {
      whole = false;
      end = exponent;
      digits();
    }
  }
  return whole ? suffix(TokenKind::integer) : token(TokenKind::number, end - at_);
}

base::Result<Token> Lexer::string() {
  std::size_t end = at_;
  bool raw = false;
  bool bytes = false;
  for (; text_[end] != '"' && text_[end] != '\''; ++end) {
    raw |= text_[end] == 'r' || text_[end] == 'R';
    bytes |= text_[end] == 'b' || text_[end] == 'B';
  }
  const char quote = text_[end];
  const std::string thrice(3, quote);
  const bool is_long = text_.substr(end).starts_with(thrice);
  const std::string_view closing = std::string_view(thrice).substr(0, is_long ? 3 : 1);
  for (end += closing.size(); end < text_.size(); ++end) {
    if (text_.substr(end).starts_with(closing))
      return token(bytes ? TokenKind::bytes : TokenKind::string, end + closing.size() - at_);
    if (!is_long && (text_[end] == '\n' || text_[end] == '\r')) break;
    if (text_[end] == '\\' && !raw) ++end;
  }
  return syntax_error(text_, at_, "the string is never closed");
}

}  // namespace weft::cel
