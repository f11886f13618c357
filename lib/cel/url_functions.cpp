#include <algorithm>
#include <string>
#include <vector>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/cel/function.h"
#include "lib/cel/url.h"

namespace weft::cel {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Every % is followed by two hexadecimal digits.
bool well_escaped(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])))
      return false;
  return true;
}

// Length of "scheme" before a colon; 0 when there is none, absent when a colon leads.
std::optional<std::size_t> scheme_length(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_letter(c)) continue;
    if (c == ':') return i == 0 ? std::nullopt : std::optional(i);
    const bool inner = is_digit(c) || c == '+' || c == '-' || c == '.';
    if (!inner || i == 0) return 0;
  }
  return 0;
}

bool valid_port(std::string_view text) {
  return text.empty() || (text[0] == ':' && std::all_of(text.begin() + 1, text.end(), is_digit));
}

bool valid_host(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t close = host.find(']');
    return close != std::string_view::npos && valid_port(host.substr(close + 1));
  }
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && !valid_port(host.substr(colon))) return false;
  constexpr std::string_view kForbidden = " \"<>\\^`{|}";
  return host.find_first_of(kForbidden) == std::string_view::npos && well_escaped(host);
}

std::string_view name_of(const Url& url) {
  if (url.host.starts_with('[')) return url.host.substr(1, url.host.find(']') - 1);
  return url.host.substr(0, url.host.rfind(':'));
}

std::string_view port_of(const Url& url) {
  const std::size_t name_end = url.host.starts_with('[') ? url.host.find(']') : 0;
  const std::size_t colon = url.host.find(':', name_end);
  return colon == std::string_view::npos ? std::string_view() : url.host.substr(colon + 1);
}

Value is_url(Context&, const Value* a) { return parse_url(a->text()).has_value(); }

Value to_url(Context& c, const Value* a) {
  if (const auto url = parse_url(a->text())) return static_cast<const Object*>(c.arena.keep(*url));
  return c.fail(fmt::format("\"{}\" is no URL", a->text()));
}

Value scheme(Context& c, const Value* a) { return c.text(base::lower(a->object<Url>().scheme)); }
Value host(Context&, const Value* a) { return a->object<Url>().host; }
Value host_name(Context&, const Value* a) { return name_of(a->object<Url>()); }
Value port(Context&, const Value* a) { return port_of(a->object<Url>()); }

Value escaped_path(Context& c, const Value* a) {
  std::string out;
  for (const char each : a->object<Url>().path) {
    constexpr std::string_view kPlain = "-_.~$&+,/:;=@!'()*%";
    if (is_letter(each) || is_digit(each) || kPlain.find(each) != std::string_view::npos)
      out += each;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(each));
  }
  return c.text(out);
}

int hex_value(char c) { return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() + 0 && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

// A map from names to lists of values.
Value query(Context& c, const Value* a) {
  const std::string_view text = a->object<Url>().query;
  if (!c.charge(1 + text.size())) return c.out_of_budget();
  std::vector<std::pair<std::string, std::vector<Value>>> found;
  for (const auto part : base::split(text, '&')) {
    if (part.empty() || part.find(';') != std::string_view::npos || !well_escaped(part)) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string name = unescaped(part.substr(0, equals));
    const auto value = c.arena.keep_text(unescaped(part.substr(std::min(equals + 1, part.size()))));
    const auto known = std::find_if(found.begin(), found.end(),
                                    [&](const auto& each) { return each.first == name; });
    if (!c.charge(found.size())) return c.out_of_budget();
    if (known == found.end())
      found.push_back({name, {Value(value)}});
    else
      known->second.emplace_back(value);
  }
  auto* const entries = c.arena.array<Entry>(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& values = found[i].second;
    auto* const items = c.arena.array<Value>(values.size());
    std::copy(values.begin(), values.end(), items);
    entries[i] = {c.arena.keep_text(found[i].first), c.list(items, values.size())};
  }
  return Map{entries, found.size()};
}

constexpr Overload kFunctions[] = {
    {"url", Style::global, "s", Type::url, to_url},
    {"isURL", Style::global, "s", Type::boolean, is_url},
    {"getScheme", Style::member, "U", Type::string, scheme},
    {"getHost", Style::member, "U", Type::string, host},
    {"getHostname", Style::member, "U", Type::string, host_name},
    {"getPort", Style::member, "U", Type::string, port},
    {"getEscapedPath", Style::member, "U", Type::string, escaped_path},
    {"getQuery", Style::member, "U", Type::map, query},
};

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text == "*") return Url{{Type::url}, text, {}, {}, text, {}};
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
  const auto scheme = scheme_length(text);
  if (!scheme) return std::nullopt;
  Url url{{Type::url}, text, text.substr(0, *scheme), {}, {}, {}};
  std::string_view rest = text.substr(*scheme == 0 ? 0 : *scheme + 1);
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    url.query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  if (!rest.starts_with('/')) {
    if (url.scheme.empty()) return std::nullopt;
    return url;  // mailto:someone: neither host nor path
  }
  if (rest.starts_with("//") && (!url.scheme.empty() || !rest.starts_with("///"))) {
    rest.remove_prefix(2);
    std::string_view authority = rest.substr(0, rest.find('/'));
    rest.remove_prefix(authority.size());
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
      if (!well_escaped(authority.substr(0, at))) return std::nullopt;
      authority.remove_prefix(at + 1);
    }
    if (!valid_host(authority)) return std::nullopt;
    url.host = authority;
  }
  if (!well_escaped(rest)) return std::nullopt;
  url.path = rest;
  return url;
}

std::span<const Overload> url_functions() { return kFunctions; }

}  // namespace weft::cel
