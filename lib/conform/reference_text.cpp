#include "lib/conform/reference_text.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::conform {

using doc::Value;

std::string NginxText::fmt_variable(int number) { return fmt::format("$v{}", number); }

std::string NginxText::map(std::string_view source, const std::vector<std::string>& keys) {
  std::vector<std::pair<std::string, std::string>> rows;
  rows.reserve(keys.size());
  for (const std::string& key : keys) rows.emplace_back(key, "1");
  return choose(source, "0", rows);
}

std::string NginxText::choose(std::string_view source, std::string_view otherwise,
                              const std::vector<std::pair<std::string, std::string>>& rows) {
  std::string name = variable();
  maps += fmt::format("map \"{}\" {} {{\n  default \"{}\";\n", source, name, otherwise);
  for (const auto& [key, value] : rows)
    maps += fmt::format("  {} \"{}\";\n", nginx_quoted(key), value);
  maps += "}\n";
  return name;
}

std::string NginxText::all_of(const std::vector<std::string>& parts) {
  return parts.empty() ? std::string("1") : map(base::join(parts, ""), {"~^1+$"});
}

std::string NginxText::any_of(const std::vector<std::string>& parts) {
  return parts.empty() ? std::string("0") : map(base::join(parts, ""), {"~1"});
}

std::string NginxText::as_variable(const std::string& condition) {
  if (condition.starts_with('$')) return condition;
  return map("1", {condition == "1" ? "1" : "never"});
}

std::string NginxText::split(std::string_view key,
                             const std::vector<std::pair<std::string, double>>& values) {
  double sum = 0;
  for (const auto& [value, weight] : values) sum += weight;
  if (sum <= 0) return {};
  std::string name = variable();
  maps += fmt::format("split_clients \"{}.{}\" {} {{\n", key, name.substr(1), name);
  std::string last;
  for (const auto& [value, weight] : values) {
    if (weight <= 0) continue;
    if (!last.empty()) maps += last;
    last = fmt::format("  {:.2f}% \"{}\";\n", 100 * weight / sum, value);
  }
  maps += fmt::format("  * {}}}\n", last.substr(last.find(' ', 2) + 1));
  return name;
}

std::string nginx_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c != '\n' && c != '\r') out += c;
  }
  return out + "\"";
}

std::string nginx_literal(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != '$' && c != '"' && c != '\\' && static_cast<unsigned char>(c) >= ' ') out += c;
  return out;
}

std::string regex_quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '-' || c == '_' || static_cast<signed char>(c) < 0;
    if (!plain) out += '\\';
    out += c;
  }
  return out;
}

std::string header_variable(std::string_view name) {
  std::string out = "$http_" + base::lower(name);
  std::ranges::replace(out, '-', '_');
  return out;
}

std::string text_in(const Value& map, std::string_view key) {
  const Value* value = map.find(key);
  return value != nullptr && value->is_string() ? std::string(value->string()) : std::string();
}

std::span<const Value> list_in(const Value& map, std::string_view key) {
  const Value* value = map.find(key);
  if (value == nullptr || !value->is_list()) return {};
  return value->items();
}

const Value& body_of(const kube::Object& object) {
  const Value* spec = object.find("spec");
  return spec == nullptr ? object : *spec;
}

double weight_of(const Value& value) {
  if (value.is_number()) return value.number();
  if (!value.is_string()) return 0;
  std::string_view text = value.string();
  const bool milli = text.ends_with('m');
  if (milli) text.remove_suffix(1);
  return base::parse_double(text).value_or(0) / (milli ? 1000 : 1);
}

}  // namespace weft::conform
