#include "lib/lifecycle/values.h"

#include <algorithm>
#include <array>
#include <variant>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/sha256.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"

namespace weft::lifecycle {

namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

constexpr const char* kHidden = "(in the release's values)";
constexpr std::size_t kMostItems = 1000;  // an index beyond is a slip of the finger

using Part = std::variant<std::string, std::size_t>;  // a key or an index

Error bad_path(std::string_view path, std::string_view why) {
  return {ExitCode::usage, fmt::format("'{}' is no path of a value: {}", path, why),
          "write it as a.b[0].c"};
}

Result<std::vector<Part>> split_path(std::string_view path) {
  std::vector<Part> parts;
  std::string key;
  bool after_index = false;
  const auto finish_key = [&] {
    if (!key.empty()) parts.emplace_back(std::move(key));
    key.clear();
  };
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '\\' && i + 1 < path.size()) {
      key += path[++i];
    } else if (c == '.') {
      if (key.empty() && !after_index) return bad_path(path, "a key is empty");
      finish_key();
    } else if (c == '[') {
      const auto close = path.find(']', i);
      if (close == std::string_view::npos) return bad_path(path, "a bracket is not closed");
      const auto index = base::parse_uint(path.substr(i + 1, close - i - 1));
      if (!index || *index >= kMostItems) return bad_path(path, "an index must be a small number");
      finish_key();
      if (parts.empty()) return bad_path(path, "it must start with a key");
      parts.emplace_back(static_cast<std::size_t>(*index));
      i = close;
    } else {
      key += c;
    }
    after_index = c == '[';
  }
  if (key.empty() && !after_index) return bad_path(path, "a key is empty");
  finish_key();
  return parts;
}

// Null is turned into the container that the part needs; another kind is replaced, as helm does.
Value& child_of(Value& value, const Part& part) {
  if (const auto* key = std::get_if<std::string>(&part)) {
    if (!value.is_map()) value = Value::map();
    if (value.find(*key) == nullptr) value.set(*key, Value());
    return *value.find(*key);
  }
  const auto index = std::get<std::size_t>(part);
  if (!value.is_list()) value = Value::list();
  while (value.size() <= index) value.push(Value());
  return value.items()[index];
}

Value typed(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  if (text == "null") return Value();
  const bool leading_zero = text.size() > 1 && text[0] == '0';
  if (const auto number = base::parse_int(text); number && !leading_zero) return *number;
  return text;
}

// "a=1,b={x,y}" at the commas that separate assignments.
std::vector<std::string> split_assignments(std::string_view text) {
  std::vector<std::string> parts(1);
  int braces = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    braces += c == '{' ? 1 : c == '}' ? -1 : 0;
    if (c == '\\' && i + 1 < text.size() && text[i + 1] == ',') {
      parts.back() += text[++i];
    } else if (c == ',' && braces <= 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

constexpr std::array<std::string_view, 9> kSecretWords{"password", "passwd",     "secret",
                                                       "token",    "license",    "apikey",
                                                       "keypem",   "privatekey", "credential"};

bool names_secret(std::string_view key) {
  const std::string word = base::lower(key);
  return std::any_of(kSecretWords.begin(), kSecretWords.end(), [&word](std::string_view secret) {
    return word.find(secret) != std::string::npos;
  });
}

Value sorted(const Value& value) {
  if (value.is_list()) {
    Value out = Value::list();
    for (const Value& item : value.items()) out.push(sorted(item));
    return out;
  }
  if (!value.is_map()) return value;
  std::vector<const doc::Member*> members;
  for (const auto& member : value.members()) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const auto* a, const auto* b) { return a->key < b->key; });
  Value out = Value::map();
  for (const auto* member : members) out.set(member->key, sorted(member->value));
  return out;
}

}  // namespace

Result<void> set_path(Value& values, std::string_view path, Value value) {
  WEFT_TRY(parts, split_path(path));
  Value* place = &values;
  for (const Part& part : parts) place = &child_of(*place, part);
  *place = std::move(value);
  return {};
}

const Value* find_path(const Value& values, std::string_view path) {
  const auto parts = split_path(path);
  if (!parts.ok()) return nullptr;
  const Value* place = &values;
  for (const Part& part : *parts) {
    if (const auto* key = std::get_if<std::string>(&part)) {
      place = place->find(*key);
    } else {
      const auto index = std::get<std::size_t>(part);
      place = place->is_list() && index < place->size() ? &place->items()[index] : nullptr;
    }
    if (place == nullptr) return nullptr;
  }
  return place;
}

Result<std::vector<Assignment>> parse_set(std::string_view text) {
  std::vector<Assignment> out;
  for (const std::string& part : split_assignments(text)) {
    const auto equals = part.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error{ExitCode::usage, fmt::format("'{}' sets no value", part), "--set key=value"};
    const std::string_view given = std::string_view(part).substr(equals + 1);
    Value value;
    if (given.starts_with('{') && given.ends_with('}')) {
      value = Value::list();
      const std::string_view inner = given.substr(1, given.size() - 2);
      if (!inner.empty())
        for (std::string_view item : base::split(inner, ',')) value.push(typed(item));
    } else {
      value = typed(given);
    }
    out.push_back({part.substr(0, equals), std::move(value)});
  }
  return out;
}

Value without_secrets(const Value& values, const std::set<std::string>& known) {
  if (values.is_string() && known.contains(values.string())) return Value(kHidden);
  if (values.is_list()) {
    Value out = Value::list();
    for (const Value& item : values.items()) out.push(without_secrets(item, known));
    return out;
  }
  if (!values.is_map()) return values;
  Value out = Value::map();
  for (const auto& member : values.members()) {
    const bool hide = names_secret(member.key) && member.value.is_string();
    out.set(member.key, hide ? Value(kHidden) : without_secrets(member.value, known));
  }
  return out;
}

bool restore_secrets(Value& recorded, const Value& release) {
  if (recorded.is_string() && recorded.string() == kHidden) {
    if (!release.is_string()) return false;
    recorded = release;
    return true;
  }
  bool whole = true;
  const Value nothing;
  if (recorded.is_map())
    for (auto& member : recorded.members()) {
      const Value* real = release.find(member.key);
      whole = restore_secrets(member.value, real == nullptr ? nothing : *real) && whole;
    }
  if (recorded.is_list())
    for (std::size_t i = 0; i < recorded.size(); ++i) {
      const bool there = release.is_list() && i < release.size();
      whole = restore_secrets(recorded.items()[i], there ? release.items()[i] : nothing) && whole;
    }
  return whole;
}

std::string hash_of(const Value& values) {
  return base::sha256_hex(doc::write_json(sorted(values), 0));
}

}  // namespace weft::lifecycle
