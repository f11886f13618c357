#include "lib/compile/setting_path.h"

#include <algorithm>

#include "lib/base/text.h"

namespace weft::compile {
namespace {

using doc::Value;

constexpr std::string_view kIndex = "[i]";

const Value* at(const Value& value, std::string_view dotted) {
  const Value* found = &value;
  if (dotted.empty()) return found;
  for (const auto key : base::split(dotted, '.')) {
    found = found->find(key);
    if (found == nullptr) return nullptr;
  }
  return found;
}

Value& place(Value& value, std::string_view dotted) {
  Value* found = &value;
  if (dotted.empty()) return *found;
  for (const auto key : base::split(dotted, '.')) {
    if (found->find(key) == nullptr) found->set(std::string(key), Value());
    found = found->find(key);
  }
  return *found;
}

std::string_view rest_after(std::string_view name, std::size_t bracket) {
  name.remove_prefix(bracket + kIndex.size());
  if (name.starts_with('.')) name.remove_prefix(1);
  return name;
}

}  // namespace

std::vector<Found> find_settings(const Value& settings, std::string_view name) {
  if (name.find('+') != std::string_view::npos) {
    Value map = Value::map();
    for (const auto part : base::split(name, '+'))
      if (const Value* value = at(settings, part)) map.set(std::string(part), *value);
    if (map.size() == 0) return {};
    return {{0, std::move(map)}};
  }
  const auto bracket = name.find(kIndex);
  if (bracket == std::string_view::npos) {
    const Value* value = at(settings, name);
    if (value == nullptr) return {};
    return {{0, *value}};
  }
  const Value* list = at(settings, name.substr(0, bracket));
  std::vector<Found> found;
  for (std::size_t i = 0; list != nullptr && list->is_list() && i < list->size(); ++i)
    if (const Value* value = at(list->items()[i], rest_after(name, bracket)))
      found.push_back({i, *value});
  return found;
}

void set_setting(Value& settings, std::string_view name, std::size_t index, Value value) {
  if (name.find('+') != std::string_view::npos) {
    for (auto& member : value.members())
      set_setting(settings, member.key, 0, std::move(member.value));
    return;
  }
  const auto bracket = name.find(kIndex);
  if (bracket == std::string_view::npos) {
    Value& target = place(settings, name);
    if (target.is_list() && value.is_list())  // one setting from several fields
      for (auto& item : value.items()) {
        const bool known = std::ranges::find(target.items(), item) != target.items().end();
        if (!known) target.push(std::move(item));
      }
    else
      target = std::move(value);
    return;
  }
  Value& list = place(settings, name.substr(0, bracket));
  if (!list.is_list()) list = Value::list();
  while (list.size() <= index) list.push(Value::map());
  place(list.items()[index], rest_after(name, bracket)) = std::move(value);
}

std::vector<std::string> top_names(std::string_view name) {
  std::vector<std::string> names;
  for (const auto part : base::split(name, '+'))
    names.emplace_back(part.substr(0, part.find_first_of(".[")));
  return names;
}

}  // namespace weft::compile
