#include <algorithm>
#include <cmath>

#include "lib/base/text.h"
#include "lib/doc/write.h"
#include "lib/doc/write_text.h"
#include "lib/doc/yaml_scalar.h"

namespace weft::doc {
namespace {

constexpr std::size_t kStep = 2;
// A key above YAML's limit of 1024 characters must be marked with "? ".
constexpr std::size_t kLongestKey = 1000;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool reads_as_string(std::string_view text) {
  const auto value = yaml_scalar(text);
  return value && value->is_string() && !is_typed_in_yaml_1_1(text);
}

// Conservative: what any reader of YAML takes for exactly this text without quotes.
bool is_plain(std::string_view text) {
  if (text.empty() || text.back() == ' ' || text.back() == ':') return false;
  if (!is_letter_or_digit(text[0]) && text[0] != '/' && text[0] != '_') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_letter_or_digit(c) ||
        std::string_view("_./-+%@()=;?&*!|<>~$^'").find(c) != std::string_view::npos)
      continue;
    if (c == ' ' && text[i + 1] != '#') continue;
    if (c == ':' && text[i + 1] != ' ') continue;
    return false;
  }
  return reads_as_string(text);
}

bool is_printable(std::string_view text) {
  const auto unprintable = [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
  };
  if (std::any_of(text.begin(), text.end(), unprintable) || !base::valid_utf8(text)) return false;
  for (const std::string_view special :
       {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbb\xbf"})
    if (text.find(special) != std::string_view::npos) return false;
  return true;
}

// A literal block gives back exactly these: no first line that starts with a space, no line of
// spaces only, at most one line feed at the end.
bool fits_block(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || !is_printable(text)) return false;
  if (text[0] == ' ' || text[0] == '\n' || text.ends_with("\n\n")) return false;
  for (const std::string_view line : base::split(text, '\n'))
    if (!line.empty() && line.find_first_not_of(' ') == std::string_view::npos) return false;
  return true;
}

class Writer {
 public:
  void root(const Value& value) {
    if (is_block(value)) {
      block(value, 0, true);
    } else {
      inline_scalar(value);
      out_ += '\n';
    }
  }
  std::string take() { return std::move(out_); }

 private:
  static bool is_block(const Value& value) { return value.size() != 0; }

  // The parts of a list or a map, each on lines of its own. `continued`: the cursor already
  // stands where the first part belongs.
  void block(const Value& value, std::size_t indent, bool continued) {
    const auto start_part = [&] {
      if (!continued) out_.append(indent, ' ');
      continued = false;
    };
    if (value.is_list())
      for (const Value& item : value.items()) {
        start_part();
        out_ += '-';
        if (is_block(item)) {
          out_ += ' ';
          block(item, indent + kStep, true);
        } else {
          after_indicator(item, indent);
        }
      }
    else
      for (const Member& member : value.members()) {
        start_part();
        key(member.key, indent);
        if (is_block(member.value)) {
          out_ += '\n';
          block(member.value, indent + kStep, false);
        } else {
          after_indicator(member.value, indent);
        }
      }
  }

  void key(const std::string& text, std::size_t indent) {
    std::string written;
    append_string(written, text);
    if (written.size() <= kLongestKey) {
      out_ += written + ':';
      return;
    }
    out_ += "? " + written + '\n';
    out_.append(indent, ' ');
    out_ += ':';
  }

  void after_indicator(const Value& value, std::size_t indent) {
    out_ += ' ';
    if (value.is_string() && fits_block(value.string())) {
      literal(value.string(), indent + kStep);
    } else {
      inline_scalar(value);
      out_ += '\n';
    }
  }

  void literal(std::string_view text, std::size_t indent) {
    const bool ends = text.ends_with('\n');
    out_ += ends ? "|\n" : "|-\n";
    if (ends) text.remove_suffix(1);
    for (const std::string_view line : base::split(text, '\n')) {
      if (!line.empty()) out_.append(indent, ' ').append(line);
      out_ += '\n';
    }
  }

  void inline_scalar(const Value& value) {
    if (value.is_map())
      out_ += "{}";
    else if (value.is_list())
      out_ += "[]";
    else if (value.is_string())
      append_string(out_, value.string());
    else if (value.is_bool())
      out_ += value.boolean() ? "true" : "false";
    else if (value.is_int())
      out_ += std::to_string(value.integer());
    else if (value.is_number())
      number(value.number());
    else
      out_ += "null";
  }

  void number(double value) {
    if (std::isnan(value))
      out_ += ".nan";
    else if (std::isinf(value))
      out_ += value < 0 ? "-.inf" : ".inf";
    else
      out_ += double_text(value, false);
  }

  static void append_string(std::string& out, const std::string& text) {
    if (is_plain(text)) {
      out += text;
    } else if (text.find_first_of("\n'") == std::string::npos && is_printable(text)) {
      out += '\'';
      out += text;
      out += '\'';
    } else {
      append_quoted(out, text, true);
    }
  }

  std::string out_;
};

}  // namespace

std::string write_yaml(const Value& value) {
  Writer writer;
  writer.root(value);
  return writer.take();
}

}  // namespace weft::doc
