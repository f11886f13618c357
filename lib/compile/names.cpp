#include "lib/compile/names.h"

#include "lib/base/format.h"

namespace weft::compile {
namespace {

using doc::Value;

constexpr std::string_view kService = "$service";
constexpr std::string_view kNamespace = "$namespace";
constexpr std::string_view kRoot = "$root";
constexpr std::string_view kClientNamespace = "$clientspace";
constexpr std::string_view kClient = "$client";

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

std::string* variable(std::string_view text, Names& names, std::size_t& length) {
  const std::pair<std::string_view, std::string*> known[] = {{kService, &names.service},
                                                             {kNamespace, &names.ns},
                                                             {kRoot, &names.root},
                                                             {kClientNamespace, &names.client_ns},
                                                             {kClient, &names.client}};
  for (const auto& [name, target] : known)
    if (text.starts_with(name)) {
      length = name.size();
      return target;
    }
  return nullptr;
}

Value labels_of(const Names& names) {
  return names.labels.is_map() ? names.labels : Value::map().set("app", names.service);
}

}  // namespace

std::string fill(std::string_view text, const Names& names) {
  std::string result(text);
  if (text.find('$') == std::string_view::npos) return result;
  replace_all(result, kService, names.service);
  replace_all(result, kNamespace, names.ns);
  replace_all(result, kRoot, names.root);
  replace_all(result, kClientNamespace, names.client_ns);
  replace_all(result, kClient, names.client);
  return result;
}

Value fill_value(const Value& value, const Names& names) {
  if (value.is_string()) {
    if (value.string() == "$labels") return labels_of(names);
    if (value.string() == "$port") return names.port;
    return fill(value.string(), names);
  }
  if (value.is_list()) {
    Value list = Value::list();
    for (const auto& item : value.items()) list.push(fill_value(item, names));
    return list;
  }
  if (!value.is_map()) return value;
  Value map = Value::map();
  for (const auto& member : value.members())
    map.set(fill(member.key, names), fill_value(member.value, names));
  return map;
}

Path fill_path(Path path, const Names& names) {
  for (auto& step : path) step.text = fill(step.text, names);
  return path;
}

bool recognise(std::string_view text, std::string_view actual, Names& names) {
  while (!text.empty()) {
    std::size_t length = 0;
    std::string* target = variable(text, names, length);
    if (target == nullptr) {
      if (actual.empty() || actual.front() != text.front()) return false;
      text.remove_prefix(1);
      actual.remove_prefix(1);
      continue;
    }
    text.remove_prefix(length);
    std::string found = *target;
    if (found.empty())
      found = actual.substr(0, text.empty() ? actual.size() : actual.find(text.front()));
    if (found.empty() || !actual.starts_with(found)) return false;
    actual.remove_prefix(found.size());
    *target = found;
  }
  return actual.empty();
}

void recognise_value(const Value& value, const Value& actual, Names& names) {
  if (value.is_string()) {
    if (value.string() == "$labels" && actual.is_map()) {
      names.labels = actual;
    } else if (value.string() == "$port" && actual.is_int()) {
      names.port = actual.integer();
    } else if (actual.is_string()) {
      Names trial = names;
      if (recognise(value.string(), actual.string(), trial)) names = std::move(trial);
    }
  } else if (value.is_list() && actual.is_list()) {
    for (std::size_t i = 0; i < value.size() && i < actual.size(); ++i)
      recognise_value(value.items()[i], actual.items()[i], names);
  } else if (value.is_map()) {
    for (const auto& member : value.members())
      if (const Value* other = actual.find(member.key))
        recognise_value(member.value, *other, names);
  }
}

}  // namespace weft::compile
