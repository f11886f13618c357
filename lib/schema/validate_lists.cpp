// Lists that are sets or maps: no two items alike. Sorting finds them in n log n.
#include <algorithm>
#include <compare>
#include <numeric>

#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/schema/validator.h"
#include "lib/schema/words.h"

namespace weft::schema {
namespace {

int rank(const doc::Value* value) {
  return value == nullptr || value->is_null() ? 0
         : value->is_bool()                   ? 1
         : value->is_number()                 ? 2
         : value->is_string()                 ? 3
                                              : 4;
}

// Total over scalars; lists and maps, which are no keys, by their text.
std::weak_ordering order_of(const doc::Value* a, const doc::Value* b) {
  if (const auto by = rank(a) <=> rank(b); by != 0) return by;
  switch (rank(a)) {
    case 0:
      return std::weak_ordering::equivalent;
    case 1:
      return a->boolean() <=> b->boolean();
    case 2:
      if (a->is_int() && b->is_int()) return a->integer() <=> b->integer();
      return std::weak_order(a->number(), b->number());
    case 3:
      return a->string() <=> b->string();
    default:
      return doc::write_json(*a, 0).compare(doc::write_json(*b, 0)) <=> 0;
  }
}

// The value of a key of an item; what it defaults to when it is absent.
const doc::Value* key_of(const Node& list, const doc::Value& item, const std::string& key) {
  if (const doc::Value* value = item.find(key)) return value;
  const Field* field = list.items == nullptr ? nullptr : list.items->field(key);
  return field != nullptr && field->node->fallback ? &*field->node->fallback : nullptr;
}

std::weak_ordering order_of(const Node& list, const doc::Value& a, const doc::Value& b) {
  if (list.list_type != ListType::map) return order_of(&a, &b);
  for (const std::string& key : list.list_keys)
    if (const auto by = order_of(key_of(list, a, key), key_of(list, b, key)); by != 0) return by;
  return std::weak_ordering::equivalent;
}

std::string name_of(const Node& list, const doc::Value& item) {
  if (list.list_type != ListType::map) return text_of(item);
  std::string out;
  for (const std::string& key : list.list_keys) {
    const doc::Value* value = key_of(list, item, key);
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", key,
                       value == nullptr ? "none" : text_of(*value));
  }
  return out;
}

}  // namespace

void Validator::check_unique(const Node& node, const doc::Value& list) {
  const auto& items = list.items();
  order_.resize(items.size());
  std::iota(order_.begin(), order_.end(), 0u);
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto by = order_of(node, items[a], items[b]);
    return by != 0 ? by < 0 : a < b;
  });
  std::vector<std::pair<std::uint32_t, std::uint32_t>> repeated;
  for (std::size_t i = 1; i < order_.size(); ++i)
    if (order_of(node, items[order_[i - 1]], items[order_[i]]) == 0)
      repeated.emplace_back(order_[i], order_[i - 1]);
  std::sort(repeated.begin(), repeated.end());
  for (const auto& [index, first] : repeated) {
    if (decided()) return;
    steps_.push_back({{}, index, true});
    report(IssueKind::duplicate, items[index].position(),
           fmt::format("the same as [{}] ({}): each may stand once", first,
                       name_of(node, items[index])));
    steps_.pop_back();
  }
}

}  // namespace weft::schema
