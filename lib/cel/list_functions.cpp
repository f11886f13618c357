// Lists, also as sets.
#include <algorithm>

#include "lib/base/format.h"
#include "lib/cel/function.h"
#include "lib/cel/operators.h"

namespace weft::cel {
namespace {

Value is_sorted(Context& c, const Value* a) {
  const Items items(c, *a);
  for (std::size_t i = 1; i < items.size(); ++i) {
    if (!c.charge(1)) return c.out_of_budget();
    const auto order = compare(items[i - 1], items[i]);
    if (!order) return c.fail_type("isSorted", items[i].type());
    if (*order > 0) return false;
  }
  return true;
}

Value sum(Context& c, const Value* a) {
  const Items items(c, *a);
  if (items.size() == 0) return std::int64_t{0};
  Value total = items[0];
  for (std::size_t i = 1; i < items.size() && !total.is_error(); ++i) {
    if (!c.charge(1)) return c.out_of_budget();
    total = arithmetic(c, Op::add, total, items[i]);
  }
  if (total.is_error() || is_numeric(total.type()) || total.type() == Type::duration) return total;
  return c.fail_type("sum", total.type());
}

// The element that nothing comes before, or after.
Value extreme(Context& c, const Value& list, bool least) {
  const Items items(c, list);
  if (items.size() == 0) return c.fail("an empty list has neither minimum nor maximum");
  Value best = items[0];
  for (std::size_t i = 1; i < items.size(); ++i) {
    if (!c.charge(1)) return c.out_of_budget();
    const Value item = items[i];
    const auto order = compare(item, best);
    if (!order) return c.fail_type("order", item.type());
    if (least ? *order < 0 : *order > 0) best = item;
  }
  return best;
}
Value min(Context& c, const Value* a) { return extreme(c, *a, true); }
Value max(Context& c, const Value* a) { return extreme(c, *a, false); }

Value index_of(Context& c, const Value* a) {
  const Items items(c, a[0]);
  for (std::size_t i = 0; i < items.size(); ++i)
    if (equal(c, items[i], a[1])) return static_cast<std::int64_t>(i);
  return std::int64_t{-1};
}

Value last_index_of(Context& c, const Value* a) {
  const Items items(c, a[0]);
  for (std::size_t i = items.size(); i > 0; --i)
    if (equal(c, items[i - 1], a[1])) return static_cast<std::int64_t>(i - 1);
  return std::int64_t{-1};
}

bool holds(Context& c, const Items& items, const Value& wanted) {
  for (std::size_t i = 0; i < items.size(); ++i)
    if (equal(c, items[i], wanted)) return true;
  return false;
}

bool holds_all(Context& c, const Items& items, const Items& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (!holds(c, items, wanted[i])) return false;
  return true;
}

Value set_contains(Context& c, const Value* a) {
  return holds_all(c, Items(c, a[0]), Items(c, a[1]));
}
Value set_equivalent(Context& c, const Value* a) {
  const Items left(c, a[0]);
  const Items right(c, a[1]);
  return holds_all(c, left, right) && holds_all(c, right, left);
}
Value set_intersects(Context& c, const Value* a) {
  const Items left(c, a[0]);
  const Items right(c, a[1]);
  for (std::size_t i = 0; i < left.size(); ++i)
    if (holds(c, right, left[i])) return true;
  return false;
}

Value* copy_of(Context& c, const Items& items) {
  if (!c.charge(items.size())) return nullptr;
  auto* const copy = c.arena.array<Value>(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) copy[i] = items[i];
  return copy;
}

Value slice(Context& c, const Value* a) {
  const Items items(c, a[0]);
  const std::int64_t from = a[1].integer();
  const std::int64_t to = a[2].integer();
  if (from < 0 || to < from || to > static_cast<std::int64_t>(items.size()))
    return c.fail(
        fmt::format("there is no slice {} to {} of a list of {}", from, to, items.size()));
  Value* const copy = copy_of(c, items);
  if (copy == nullptr) return c.out_of_budget();
  return c.list(copy + from, static_cast<std::size_t>(to - from));
}

Value reverse(Context& c, const Value* a) {
  const Items items(c, *a);
  Value* const copy = copy_of(c, items);
  if (copy == nullptr) return c.out_of_budget();
  std::reverse(copy, copy + items.size());
  return c.list(copy, items.size());
}

Value distinct(Context& c, const Value* a) {
  const Items items(c, *a);
  Value* const copy = copy_of(c, items);
  if (copy == nullptr) return c.out_of_budget();
  std::size_t size = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Value item = items[i];
    const bool known =
        std::any_of(copy, copy + size, [&](const Value& each) { return equal(c, each, item); });
    if (!known) copy[size++] = item;
  }
  return c.list(copy, size);
}

Value sort(Context& c, const Value* a) {
  const Items items(c, *a);
  Value* const copy = copy_of(c, items);
  if (copy == nullptr || !c.charge(items.size() * 4)) return c.out_of_budget();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto order = compare(copy[i], copy[0]);
    if (!order || *order == std::partial_ordering::unordered)
      return c.fail_type("sort", copy[i].type());
  }
  std::stable_sort(copy, copy + items.size(),
                   [](const Value& x, const Value& y) { return *compare(x, y) < 0; });
  return c.list(copy, items.size());
}

bool flatten_into(Context& c, const Value& list, std::int64_t depth, std::vector<Value>& out) {
  const Items items(c, list);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!c.charge(1)) return false;
    const Value item = items[i];
    if (item.type() != Type::list || depth <= 0)
      out.push_back(item);
    else if (!flatten_into(c, item, depth - 1, out))
      return false;
  }
  return true;
}
Value flatten_to(Context& c, const Value& list, std::int64_t depth) {
  if (depth < 0) return c.fail("flatten needs a depth of at least 0");
  std::vector<Value> out;
  if (!flatten_into(c, list, depth, out)) return c.out_of_budget();
  auto* const items = c.arena.array<Value>(out.size());
  std::copy(out.begin(), out.end(), items);
  return c.list(items, out.size());
}
Value flatten(Context& c, const Value* a) { return flatten_to(c, a[0], 1); }
Value flatten_deep(Context& c, const Value* a) { return flatten_to(c, a[0], a[1].integer()); }

Value first(Context& c, const Value* a) {
  const Items items(c, *a);
  return items.size() == 0 ? c.none() : c.some(items[0]);
}
Value last(Context& c, const Value* a) {
  const Items items(c, *a);
  return items.size() == 0 ? c.none() : c.some(items[items.size() - 1]);
}

constexpr Overload kFunctions[] = {
    {"isSorted", Style::member, "l", Type::boolean, is_sorted},
    {"sum", Style::member, "l", Type::any, sum},
    {"min", Style::member, "l", Type::any, min},
    {"max", Style::member, "l", Type::any, max},
    {"indexOf", Style::member, "l*", Type::integer, index_of},
    {"lastIndexOf", Style::member, "l*", Type::integer, last_index_of},
    {"slice", Style::member, "lii", Type::list, slice},
    {"reverse", Style::member, "l", Type::list, reverse},
    {"distinct", Style::member, "l", Type::list, distinct},
    {"sort", Style::member, "l", Type::list, sort},
    {"flatten", Style::member, "l", Type::list, flatten},
    {"flatten", Style::member, "li", Type::list, flatten_deep},
    {"first", Style::member, "l", Type::optional, first},
    {"last", Style::member, "l", Type::optional, last},
    {"sets.contains", Style::global, "ll", Type::boolean, set_contains},
    {"sets.equivalent", Style::global, "ll", Type::boolean, set_equivalent},
    {"sets.intersects", Style::global, "ll", Type::boolean, set_intersects},
};

}  // namespace

std::span<const Overload> list_functions() { return kFunctions; }

}  // namespace weft::cel
