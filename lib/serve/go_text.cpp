#include "lib/serve/go_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/serve/request.h"

namespace weft::serve {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The length of the UTF-8 sequence that begins `text`; 0 when none does.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length == 0 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) >= 0xa0;
  const bool too_large = first == 0xf4 && byte(1) >= 0x90;
  return overlong || surrogate || too_large ? 0 : length;
}

// The short escape of a control character, or nothing.
std::string_view short_escape(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return {};
  }
}

struct Unit {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1e3},
                                         {"\xc2\xb5s", 1e3},
                                         {"\xce\xbcs", 1e3},
                                         {"ms", 1e6},
                                         {"s", 1e9},
                                         {"m", 60e9},
                                         {"h", 3600e9}}};

// Where a '%' is that begins no escape; npos: nowhere.
std::size_t bad_escape(std::string_view text) {
  const auto is_hex = [&](std::size_t i) {
    return i < text.size() && std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
  };
  for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 1))
    if (!is_hex(at + 1) || !is_hex(at + 2)) return at;
  return text.npos;
}

}  // namespace

bool is_field_name(std::string_view text) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || kMarks.find(c) != std::string_view::npos;
  });
}

std::string canonical_name(std::string_view name) {
  if (!is_field_name(name)) return std::string(name);
  std::string out(name);
  bool first = true;
  for (char& c : out) {
    if (is_letter(c)) c = static_cast<char>(first ? c & ~0x20 : c | 0x20);
    first = c == '-';
  }
  return out;
}

GoHeader go_header(const net::RequestHead& head) {
  GoHeader out;
  for (const net::HeaderField& field : head.fields())
    out[canonical_name(field.name)].emplace_back(field.value);
  for (const char* name : {"Host", "Transfer-Encoding", "Trailer"}) out.erase(name);
  if (head.chunked) out.erase("Content-Length");
  if (head.major_version == 2) {  // cookies come in crumbs
    if (const auto cookie = out.find("Cookie"); cookie != out.end() && cookie->second.size() > 1) {
      std::string whole;
      for (const std::string& crumb : cookie->second) whole += (whole.empty() ? "" : "; ") + crumb;
      cookie->second = {whole};
    }
  } else if (const auto pragma = out.find("Pragma");
             pragma != out.end() && pragma->second.front() == "no-cache") {
    out.try_emplace("Cache-Control", std::vector<std::string>{"no-cache"});
  }
  return out;
}

std::string_view go_proto(const net::RequestHead& head) {
  if (head.major_version == 2) return "HTTP/2.0";
  return head.minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1";
}

void append_go_json(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view piece = text.substr(0, std::max<std::size_t>(1, length));
    const char c = piece.front();
    if (length == 0)
      out += "\\ufffd";
    else if (const auto escape = short_escape(c); !escape.empty())
      out += escape;
    else if (length == 1 &&
             (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&'))
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else if (piece == "\xe2\x80\xa8" || piece == "\xe2\x80\xa9")
      out += piece.back() == '\xa8' ? "\\u2028" : "\\u2029";
    else
      out += piece;
    text.remove_prefix(piece.size());
  }
  out += '"';
}

void append_field(std::string& fields, std::string_view name, std::string_view value) {
  if (!is_field_name(name)) return;
  fields += name;
  fields += ": ";
  std::string line(base::trim(value));
  std::ranges::replace_if(
      line, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  fields += line;
  fields += "\r\n";
}

GoDuration parse_go_duration(std::string_view text) {
  const std::string quoted = go_quoted(text);
  GoDuration invalid{{}, "time: invalid duration " + quoted};
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return {};
  if (rest.empty()) return invalid;
  double sum = 0;
  while (!rest.empty()) {
    const auto number_end = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const std::string_view number = rest.substr(0, number_end);
    const auto dots = std::ranges::count(number, '.');
    if (number.empty() || number == "." || dots > 1) return invalid;
    rest.remove_prefix(number_end);
    const auto unit_end = std::min(rest.find_first_of("0123456789."), rest.size());
    const std::string_view unit = rest.substr(0, unit_end);
    if (unit.empty()) return {{}, "time: missing unit in duration " + quoted};
    const auto row = std::ranges::find(kUnits, unit, &Unit::name);
    if (row == kUnits.end())
      return {{}, "time: unknown unit " + go_quoted(unit) + " in duration " + quoted};
    std::string digits(number);
    if (digits.back() == '.') digits += '0';
    if (digits.front() == '.') digits.insert(0, "0");
    const auto value = base::parse_double(digits);
    if (!value) return invalid;
    sum += *value * row->nanoseconds;
    rest.remove_prefix(unit_end);
  }
  if (sum > 9.2e18) return invalid;
  return {base::Nanoseconds(static_cast<std::int64_t>(std::llround(negative ? -sum : sum))), ""};
}

std::string go_clean_path(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view part : base::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..")
      kept.push_back(part);
    else if (!kept.empty())
      kept.pop_back();
  }
  std::string out;
  for (const std::string_view part : kept) out += "/" + std::string(part);
  return out.empty() || path.ends_with('/') ? out + "/" : out;
}

bool has_bad_escape(std::string_view text) { return bad_escape(text) != text.npos; }

std::string go_query_value(std::string_view query, std::string_view name) {
  for (const std::string_view part : base::split(query, '&')) {
    if (part.find(';') != part.npos || has_bad_escape(part)) continue;
    if (const auto value = query_value(part, name)) return *value;
  }
  return "";
}

std::string go_query_error(std::string_view query) {
  std::string error;
  for (const std::string_view part : base::split(query, '&')) {
    if (part.find(';') != part.npos)
      error = "invalid semicolon separator in query";
    else if (const auto at = bad_escape(part); at != part.npos && error.empty())
      error = "invalid URL escape " + go_quoted(part.substr(at, 3));
  }
  return error;
}

GoInteger parse_go_integer(std::string_view text) {
  const auto complaint = [&](std::string_view what) {
    return GoInteger{0, fmt::format("strconv.Atoi: parsing {}: {}", go_quoted(text), what)};
  };
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return complaint("invalid syntax");
  const auto value = base::parse_uint(digits);
  if (!value || *value > INT64_MAX) return complaint("value out of range");
  const auto number = static_cast<std::int64_t>(*value);
  return {negative ? -number : number, ""};
}

std::string go_quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view piece = text.substr(0, std::max<std::size_t>(1, length));
    const auto code = static_cast<unsigned char>(piece.front());
    if (const auto escape = short_escape(piece.front()); !escape.empty())
      out += escape;
    else if (length == 0 || code < 0x20 || code == 0x7f)
      out += fmt::format("\\x{:02x}", code);
    else
      out += piece;
    text.remove_prefix(piece.size());
  }
  return out + '"';
}

}  // namespace weft::serve
