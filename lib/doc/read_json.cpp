#include <nlohmann/json.hpp>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/builder.h"
#include "lib/doc/source_text.h"

namespace weft::doc {
namespace {

// Follows the parser through the text. nlohmann's events carry no position, but they come in the
// order of the text, so each token is where this cursor stands after blanks and separators.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  Position token() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r' && c != ',' && c != ':') {
        break;
      }
    }
    return {line_, static_cast<std::uint32_t>(at_ - line_start_ + 1)};
  }
  void past_bracket() { ++at_; }
  void past_literal() { at_ = std::min(text_.find_first_of(" \t\r\n,]}", at_), text_.size()); }
  void past_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    ++at_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
};

// "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while parsing
// value - unexpected '}'; expected ..." says where in its own way: only the end of it is kept.
std::string reason(std::string_view what) {
  for (const std::string_view mark : {" - ", ": ", "] "}) {
    const auto at = what.find(mark);
    if (at == std::string_view::npos) continue;
    what.remove_prefix(at + mark.size());
    break;
  }
  constexpr std::size_t kLongest = 160;  // it quotes the last token, which can be megabytes
  std::string_view shown = what.substr(0, kLongest);
  shown = shown.substr(0, base::valid_utf8_length(shown));
  return fmt::format("{}{}", shown, what.size() > kLongest ? "..." : "");
}

class Handler : public nlohmann::json_sax<nlohmann::json> {
 public:
  Handler(Builder& builder, std::string_view text)
      : builder_(builder), text_(text), cursor_(text) {}

  bool null() override { return literal(Value()); }
  bool boolean(bool value) override { return literal(Value(value)); }
  bool number_integer(number_integer_t value) override { return literal(Value(value)); }
  bool number_unsigned(number_unsigned_t value) override { return literal(Value(value)); }
  bool number_float(number_float_t value, const string_t&) override {
    return literal(Value(value));
  }
  bool string(string_t& value) override {
    builder_.scalar(Value(value), cursor_.token());
    cursor_.past_string();
    return builder_.ok();
  }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& value) override {
    builder_.key(value, cursor_.token());
    cursor_.past_string();
    return builder_.ok();
  }
  bool start_object(std::size_t) override {
    builder_.begin_map(cursor_.token());
    cursor_.past_bracket();
    return builder_.ok();
  }
  bool start_array(std::size_t) override {
    builder_.begin_list(cursor_.token());
    cursor_.past_bracket();
    return builder_.ok();
  }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }

  bool parse_error(std::size_t read, const std::string&,
                   const nlohmann::detail::exception& error) override {
    const std::string why = reason(error.what());
    if (error.id == 406)
      builder_.fail(cursor_.token(), "the number is too large for a double");
    else
      builder_.fail(position_at(text_, read == 0 ? 0 : read - 1),
                    fmt::format("not valid JSON: {}", why),
                    why.starts_with("unexpected end") ? "is the file cut short?" : "");
    return false;
  }

 private:
  bool literal(Value value) {
    builder_.scalar(std::move(value), cursor_.token());
    cursor_.past_literal();
    return builder_.ok();
  }
  bool end() {
    cursor_.token();
    cursor_.past_bracket();
    builder_.end();
    return builder_.ok();
  }

  Builder& builder_;
  std::string_view text_;
  Cursor cursor_;
};

}  // namespace

base::Result<Document> read_json(Source source, const Limits& limits) {
  const auto shared = std::make_shared<const Source>(std::move(source));
  WEFT_TRY(text, checked_text(*shared));
  Builder builder(shared, limits);
  Handler handler(builder, text);
  nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &handler);
  if (!builder.ok()) return builder.take_error();
  return builder.take();
}

}  // namespace weft::doc
