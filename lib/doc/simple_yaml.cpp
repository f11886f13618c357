#include "lib/doc/simple_yaml.h"

#include <algorithm>
#include <cstring>

namespace weft::doc {

namespace {

// From ' ' to '~', and line feeds: of eight bytes at once, as most of a file is.
bool is_plain(std::string_view text) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  constexpr std::uint64_t kHigh = kEach << 7;
  const auto is_one = [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; };
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    // Set where a byte is 0x7f or more, and where, without its high bit, it is at least a space.
    const std::uint64_t above = ((word & ~kHigh) + kEach) | word;
    const std::uint64_t printed = (word & ~kHigh) + kEach * (0x80 - ' ');
    if (((above | ~(printed | bytes_equal(word, '\n'))) & kHigh) != 0) return false;
    text.remove_prefix(8);
  }
  return std::all_of(text.begin(), text.end(), is_one);
}

}  // namespace

Composer::Anchor AnchorNames::add(std::string_view name) {
  return by_name_[std::string(name)] = ++last_;
}

Composer::Anchor AnchorNames::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? 0 : found->second;
}

bool SimpleYaml::read(std::string_view part, std::uint32_t first_line) {
  if (!is_plain(part)) return false;
  text_ = part;
  at_ = line_start_ = 0;
  line_ = first_line;
  anchors_.clear();
  composer_.start_document();
  if (part.starts_with("---")) {
    at_ = 3;
    if (!ends_line()) return false;
  }
  if (!to_content()) {
    composer_.absent(place(), 0);
    return composer_.ok();
  }
  return block(-1, {}) && !to_content();
}

Position SimpleYaml::place() const {
  return {line_, static_cast<std::uint32_t>(at_ - line_start_) + 1};
}

void SimpleYaml::skip_spaces() {
  while (at_ < text_.size() && text_[at_] == ' ') ++at_;
}

bool SimpleYaml::ends_line() const {
  std::size_t at = at_;
  while (at < text_.size() && text_[at] == ' ') ++at;
  return at == text_.size() || text_[at] == '\n' || (text_[at] == '#' && text_[at - 1] == ' ');
}

bool SimpleYaml::to_content() {
  for (;; ++at_) {
    skip_spaces();
    if (at_ < text_.size() && text_[at_] == '#' && (at_ == line_start_ || text_[at_ - 1] == ' '))
      at_ = std::min(text_.find('\n', at_), text_.size());
    if (at_ == text_.size()) return false;
    if (text_[at_] != '\n') return true;
    line_start_ = at_ + 1;
    ++line_;
  }
}

bool SimpleYaml::at_entry() const { return peek() == '-' && (peek(1) == ' ' || peek(1) == '\n'); }

bool SimpleYaml::take_colon(const Scalar& key, bool in_flow) {
  constexpr std::uint32_t kLongestKey = 1000;  // YAML demands less than 1024
  skip_spaces();
  if (peek() != ':' || place().column - key.at.column > kLongestKey) return false;
  if (!in_flow && peek(1) != ' ' && peek(1) != '\n') return false;
  ++at_;
  return true;
}

// Behind the colon of a key or the dash of an entry.
bool SimpleYaml::node(Column outer, bool is_value) {
  skip_spaces();
  Start start;
  if (peek() == '&' && !anchor(start)) return false;
  if (ends_line()) return below(outer, is_value, start);
  // An anchor before a key on one line would belong to the key, and on_line() refuses keys.
  return is_value || start.anchor != 0 ? on_line(outer, start) : block(outer, start);
}

// On the lines below a key or a dash; the list of a key may stand right under it.
bool SimpleYaml::below(Column outer, bool is_value, Start start) {
  if (to_content()) {
    if (column() > outer) return block(outer, start);
    if (is_value && column() == outer && at_entry()) return list(outer, start);
  }
  if (start.anchor != 0) return false;
  composer_.absent(place(), 0);
  return composer_.ok();
}

bool SimpleYaml::block(Column outer, Start start) {
  if (at_entry()) return list(column(), start);
  const Column indent = column();
  const char first = peek();
  if (first == '*' || first == '{' || first == '[' || first == '|') return on_line(outer, start);
  Scalar first_key;
  if (!scalar(first_key, false)) return false;
  if (take_colon(first_key, false)) return map(indent, start, first_key);
  return put(first_key, start) && ends_line();
}

bool SimpleYaml::list(Column indent, Start start) {
  composer_.begin_list(start.anchor != 0 ? start.at : place(), {}, start.anchor);
  do {
    if (!composer_.ok()) return false;
    ++at_;
    if (!node(indent, false)) return false;
  } while (to_content() && column() == indent && at_entry());
  composer_.end();
  return composer_.ok();
}

// Every key but the first is still to be read. What stands deeper than them has no place.
bool SimpleYaml::map(Column indent, Start start, Scalar key) {
  composer_.begin_map(start.anchor != 0 ? start.at : key.at, {}, start.anchor);
  for (;;) {
    composer_.scalar(key.at, key.tag, 0, key.text);
    if (!composer_.ok() || !node(indent, true)) return false;
    if (!to_content() || column() < indent) break;
    if (column() > indent || !scalar(key, false) || !take_colon(key, false)) return false;
  }
  composer_.end();
  return composer_.ok();
}

bool SimpleYaml::on_line(Column outer, Start start) {
  switch (peek()) {
    case '|':
      return literal(outer, start);
    case '*':
      return start.anchor == 0 && alias() && ends_line();
    case '{':
    case '[':
      return flow(start) && ends_line();
    default:
      Scalar value;
      return scalar(value, false) && put(value, start) && ends_line();
  }
}

bool SimpleYaml::flow(Start start) {
  const bool is_map = peek() == '{';
  const Position at = start.anchor != 0 ? start.at : place();
  if (is_map)
    composer_.begin_map(at, {}, start.anchor);
  else
    composer_.begin_list(at, {}, start.anchor);
  if (!composer_.ok()) return false;
  const char close = is_map ? '}' : ']';
  ++at_;
  while (to_content() && peek() != close) {
    if (!(is_map ? flow_pair() : flow_value()) || !to_content()) return false;
    if (peek() == close) break;
    if (peek() != ',') return false;
    ++at_;
  }
  if (peek() != close) return false;
  ++at_;
  composer_.end();
  return composer_.ok();
}

bool SimpleYaml::flow_pair() {
  Scalar key;
  if (!scalar(key, true) || !take_colon(key, true)) return false;
  composer_.scalar(key.at, key.tag, 0, key.text);
  return composer_.ok() && to_content() && flow_value();
}

bool SimpleYaml::flow_value() {
  if (peek() == '{' || peek() == '[') return flow({});
  if (peek() == '*') return alias();
  Scalar value;
  return scalar(value, true) && put(value, {});
}

std::string_view SimpleYaml::name() {
  const std::size_t begin = ++at_;
  const auto is_of_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  while (is_of_name(peek())) ++at_;
  return text_.substr(begin, at_ - begin);
}

bool SimpleYaml::anchor(Start& start) {
  start.at = place();
  const std::string_view given = name();
  if (given.empty() || (peek() != ' ' && peek() != '\n')) return false;
  start.anchor = anchors_.add(given);
  skip_spaces();
  return true;
}

bool SimpleYaml::alias() {
  const Position at = place();
  const Composer::Anchor known = anchors_.find(name());
  const char next = peek();
  if (known == 0 || (next != ' ' && next != '\n' && next != ',' && next != '}' && next != ']'))
    return false;
  composer_.alias(at, known);
  return composer_.ok();
}

bool SimpleYaml::put(const Scalar& scalar, Start start) {
  composer_.scalar(start.anchor != 0 ? start.at : scalar.at, scalar.tag, start.anchor, scalar.text);
  return composer_.ok();
}

}  // namespace weft::doc
