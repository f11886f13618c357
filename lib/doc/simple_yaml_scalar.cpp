// The scalars of SimpleYaml: plain and quoted ones on one line, and literal blocks.
#include "lib/doc/simple_yaml.h"

#include <array>

namespace weft::doc {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool begins_plain(char first, char second) {
  if (is_letter_or_digit(first)) return true;
  if (first == '-') return is_letter_or_digit(second) || second == '-' || second == '/';
  return std::string_view("_/.+~($\\=<;^").find(first) != std::string_view::npos;
}

bool is_bracket_or_comma(char c) {
  return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

// Characters that a plain scalar may end at, or that it must not hold in a flow collection.
constexpr auto kTelling = [] {
  std::array<bool, 256> all{};
  for (const char c : std::string_view("\n#:,[]{}?")) all[static_cast<unsigned char>(c)] = true;
  return all;
}();

}  // namespace

bool SimpleYaml::scalar(Scalar& out, bool in_flow) {
  out.at = place();
  return peek() == '"' || peek() == '\'' ? quoted(out) : plain(out, in_flow);
}

bool SimpleYaml::plain(Scalar& out, bool in_flow) {
  // At the start of a line --- and ... are not text.
  const bool is_marker = column() == 0 && (peek() == '.' || peek() == '-');
  if (is_marker || !begins_plain(peek(), peek(1))) return false;
  const std::size_t begin = at_;
  for (;; ++at_) {
    while (at_ < text_.size() && !kTelling[static_cast<unsigned char>(text_[at_])]) ++at_;
    const char c = peek();
    if (c == '\n' || (c == '#' && text_[at_ - 1] == ' ')) break;
    if (c == ':') {
      if (peek(1) == ' ' || peek(1) == '\n') break;
      if (in_flow && is_bracket_or_comma(peek(1))) return false;
    }
    if (!in_flow) continue;
    if (is_bracket_or_comma(c)) break;
    if (c == '?') return false;
  }
  while (text_[at_ - 1] == ' ') --at_;
  out.tag = Composer::kPlain;
  out.text = text_.substr(begin, at_ - begin);
  return true;
}

bool SimpleYaml::quoted(Scalar& out) {
  out.tag = Composer::kQuoted;
  if (peek() == '"') return double_quoted(out.text);
  const std::size_t begin = ++at_;
  bool is_copied = false;
  for (;; ++at_) {
    if (peek() == '\n') return false;
    if (peek() == '\'' && peek(1) != '\'') break;
    if (peek() == '\'') {
      if (!is_copied) scratch_ = text_.substr(begin, at_ - begin);
      is_copied = true;
      ++at_;
    }
    if (is_copied) scratch_ += peek();
  }
  out.text = is_copied ? std::string_view(scratch_) : text_.substr(begin, at_ - begin);
  ++at_;
  return true;
}

bool SimpleYaml::double_quoted(std::string_view& out) {
  const std::size_t begin = ++at_;
  bool is_copied = false;
  for (; peek() != '"'; ++at_) {
    if (peek() == '\n') return false;
    if (peek() != '\\') {
      if (is_copied) scratch_ += peek();
      continue;
    }
    if (!is_copied) scratch_ = text_.substr(begin, at_ - begin);
    is_copied = true;
    ++at_;
    const char escaped = peek();
    if (escaped == '"' || escaped == '\\' || escaped == '/')
      scratch_ += escaped;
    else if (escaped == 'n')
      scratch_ += '\n';
    else if (escaped == 't')
      scratch_ += '\t';
    else
      return false;
  }
  out = is_copied ? std::string_view(scratch_) : text_.substr(begin, at_ - begin);
  ++at_;
  return true;
}

// Of the first line that is not empty; -1 when there is none, or only spaces.
SimpleYaml::Column SimpleYaml::literal_indent() const {
  const std::size_t first = text_.find_first_not_of('\n', at_);
  if (first == std::string_view::npos) return -1;
  const std::size_t content = text_.find_first_not_of(' ', first);
  if (content == std::string_view::npos || text_[content] == '\n') return -1;
  return static_cast<Column>(content - first);
}

// "|" or "|-" and lines that all end; the last line break counts, further ones do not.
bool SimpleYaml::literal(Column outer, Start start) {
  const Position at = place();
  ++at_;
  const bool is_stripped = peek() == '-';
  if (is_stripped) ++at_;
  if (peek() != '\n' || at_ >= text_.size()) return false;
  ++at_;
  ++line_;
  const Column indent = literal_indent();
  if (outer < 0 || indent <= outer) return false;
  scratch_.clear();
  std::size_t content = 0;  // size up to the end of the last line that is not empty
  for (line_start_ = at_; at_ < text_.size(); line_start_ = at_, ++line_) {
    while (column() < indent && peek() == ' ') ++at_;
    const std::size_t end = text_.find('\n', at_);
    if (end != at_ && column() < indent) break;
    if (end == std::string_view::npos) return false;
    scratch_ += text_.substr(at_, end - at_);
    if (end != at_) content = scratch_.size();
    scratch_ += '\n';
    at_ = end + 1;
  }
  scratch_.resize(is_stripped ? content : content + 1);
  return put({at, Composer::kQuoted, scratch_}, start);
}

}  // namespace weft::doc
