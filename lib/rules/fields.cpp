#include "lib/rules/fields.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"

namespace weft::rules {
namespace {

std::string escaped(std::string_view key) {
  std::string out;
  for (char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

// Written from its end, and only once the place is found.
bool find_path(const Value& here, const Value* wanted, std::string& path) {
  if (&here == wanted) return true;
  for (const Value& item : items(&here))
    if (find_path(item, wanted, path)) {
      path.insert(0, fmt::format("/{}", &item - here.items().data()));
      return true;
    }
  for (const Member& member : members(&here))
    if (find_path(member.value, wanted, path)) {
      path.insert(0, "/" + escaped(member.key));
      return true;
    }
  return false;
}

void append_canonical(const Value& value, std::string& out) {
  if (value.is_map()) {
    std::vector<const Member*> sorted;
    for (const Member& member : value.members()) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(),
              [](const Member* a, const Member* b) { return a->key < b->key; });
    out += '{';
    for (const Member* member : sorted) {
      out.append(member->key).append(":");
      append_canonical(member->value, out);
      out += ',';
    }
    out += '}';
  } else if (value.is_list()) {
    out += '[';
    for (const Value& item : value.items()) {
      append_canonical(item, out);
      out += ',';
    }
    out += ']';
  } else if (value.is_string()) {
    out.append("\"").append(value.string()).append("\"");
  } else {
    out += scalar_text(&value);
  }
}

}  // namespace

std::string_view text(const Value* value) {
  return value != nullptr && value->is_string() ? std::string_view(value->string())
                                                : std::string_view();
}

std::optional<std::int64_t> integer(const Value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_int()) return value->integer();
  return value->is_string() ? base::parse_int(value->string()) : std::nullopt;
}

bool is_true(const Value* value) {
  return value != nullptr && (value->is_bool() ? value->boolean() : text(value) == "true");
}

std::span<const Value> items(const Value* value) {
  if (value == nullptr || !value->is_list()) return {};
  return value->items();
}

std::span<const Member> members(const Value* value) {
  if (value == nullptr || !value->is_map()) return {};
  return {value->members().begin(), value->members().size()};
}

std::string scalar_text(const Value* value) {
  if (value == nullptr) return {};
  if (value->is_string()) return value->string();
  if (value->is_int()) return fmt::format("{}", value->integer());
  if (value->is_number()) return fmt::format("{}", value->number());
  if (value->is_bool()) return value->boolean() ? "true" : "false";
  return {};
}

std::string canonical(const Value& value) {
  std::string out;
  append_canonical(value, out);
  return out;
}

std::string pointer_to(const Value& root, const Value* value) {
  std::string path;
  if (value != nullptr) find_path(root, value, path);
  return path;
}

}  // namespace weft::rules
