// Objects and answers of the API server against what a step wants of them.
#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/conform/judge.h"
#include "lib/kube/object.h"

namespace weft::conform {
namespace {

using doc::Value;

const Value* item_at(const Value& list, std::string_view key) {
  const auto& items = list.items();
  const auto equals = key.find('=');
  if (equals == std::string_view::npos) {
    const auto index = base::parse_uint(key);
    return index && *index < items.size() ? &items[*index] : nullptr;
  }
  for (const Value& item : items) {
    const Value* at = &item;
    for (const std::string_view part : base::split(key.substr(0, equals), '/'))
      at = at == nullptr ? nullptr : at->find(part);
    if (at != nullptr && at->is_string() && at->string() == key.substr(equals + 1)) return &item;
  }
  return nullptr;
}

// See RawStep for the form of `path`.
const Value* value_at(const Value& root, std::string_view path) {
  const Value* at = &root;
  for (const std::string_view key : base::split(path, '.')) {
    if (at == nullptr) return nullptr;
    at = at->is_list() ? item_at(*at, key) : at->find(key);
  }
  return at;
}

std::string text_of(const Value* value) {
  if (value == nullptr) return "missing";
  if (value->is_string()) return value->string();
  if (value->is_int()) return fmt::format("{}", value->integer());
  if (value->is_bool()) return value->boolean() ? "true" : "false";
  return fmt::format("a {}", value->kind_name());
}

std::string different(const std::map<std::string, std::string>& wanted, const Value& root) {
  for (const auto& [path, text] : wanted)
    if (const std::string found = text_of(value_at(root, path)); found != text)
      return fmt::format("{} is {}, not {}", path, found, text);
  return {};
}

// The lists of conditions of an object: its own, and one for each parent of a route.
std::vector<const Value*> conditions_of(const Value& object) {
  std::vector<const Value*> out;
  if (const Value* own = kube::at(object, {"status", "conditions"})) out.push_back(own);
  for (const Value& parent : kube::list_at(object, {"status", "parents"}))
    if (const Value* list = parent.find("conditions")) out.push_back(list);
  return out;
}

std::string wrong_condition(const Value& list, std::string_view type, std::string_view key,
                            const std::string& wanted) {
  for (const Value& condition : list.is_list() ? list.items() : Value::List{}) {
    if (kube::text_at(condition, {"type"}) != type) continue;
    const std::string found(kube::text_at(condition, {key}));
    return found == wanted ? "" : fmt::format("{} has the {} {}", type, key, found);
  }
  return fmt::format("the condition {} is missing", type);
}

// 50, "50", "12m", "3k": a number, or a quantity of Kubernetes.
std::optional<double> quantity(const Value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return value->number();
  if (!value->is_string()) return std::nullopt;
  std::string_view text = value->string();
  constexpr std::array<std::pair<char, double>, 6> kUnits{
      {{'n', 1e-9}, {'u', 1e-6}, {'m', 1e-3}, {'k', 1e3}, {'M', 1e6}, {'G', 1e9}}};
  double factor = 1;
  for (const auto& [unit, size] : kUnits)
    if (text.ends_with(unit)) factor = size;
  if (factor != 1) text.remove_suffix(1);
  const auto number = base::parse_double(text);
  return number ? std::optional(*number * factor) : std::nullopt;
}

}  // namespace

std::string missing_in(const WaitStep& step, const Value& object) {
  const auto lists = conditions_of(object);
  const bool asks = !step.conditions.empty() || !step.reasons.empty();
  if (asks && lists.empty()) return "it has no conditions";
  for (const Value* list : lists) {
    for (const auto& [type, status] : step.conditions)
      if (auto wrong = wrong_condition(*list, type, "status", status); !wrong.empty()) return wrong;
    for (const auto& [type, reason] : step.reasons)
      if (auto wrong = wrong_condition(*list, type, "reason", reason); !wrong.empty()) return wrong;
  }
  return different(step.equals, object);
}

std::string missing_in(const RawStep& step, const Value& answer) {
  if (std::string wrong = different(step.equals, answer); !wrong.empty()) return wrong;
  for (const std::string& path : step.present)
    if (value_at(answer, path) == nullptr) return path + " is missing";
  for (const auto& [path, least] : step.at_least) {
    const auto found = quantity(value_at(answer, path));
    if (!found) return path + " is no quantity";
    if (*found < least) return fmt::format("{} is {}, less than {}", path, *found, least);
  }
  std::optional<double> before;
  for (const std::string& path : step.ascending) {
    const auto found = quantity(value_at(answer, path));
    if (!found) return path + " is no quantity";
    if (before && *found < *before)
      return fmt::format("{} is {}, less than {}", path, *found, *before);
    before = found;
  }
  return {};
}

}  // namespace weft::conform
