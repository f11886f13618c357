// The words of an expression.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace weft::cel {

enum class TokenKind : std::uint8_t {
  end,
  name,
  quoted_name,
  integer,
  uinteger,
  number,
  string,
  bytes,
  mark
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::uint32_t offset = 0;
  std::string_view text;  // as written; of a mark "&&", "("; of a quoted name without the quotes
};

// An input error at a place in an expression: line and column of `offset`, the line as excerpt.
base::Error syntax_error(std::string_view text, std::size_t offset, std::string message,
                         std::string remedy = {});

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  base::Result<Token> next();

 private:
  Token token(TokenKind kind, std::size_t length);
  base::Result<Token> string();
  Token number();
  void skip_space();

  std::string_view text_;
  std::size_t at_ = 0;
};

// What a string or bytes token means: prefixes, quotes and escapes resolved.
base::Result<std::string> string_value(std::string_view text, const Token& token);

bool is_name_start(char c);
bool is_name_part(char c);
// Words that cannot name a variable.
bool is_reserved(std::string_view name);

}  // namespace weft::cel
