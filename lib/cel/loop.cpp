#include "lib/cel/loop.h"

#include "lib/base/format.h"
#include "lib/cel/operators.h"

namespace weft::cel {
namespace {

// What a loop runs over: the elements of a list or the entries of a map.
class Range {
 public:
  Range(Context& context, const Value& value)
      : is_list_(value.type() == Type::list), items_(context, value), entries_(context, value) {}
  std::size_t size() const { return is_list_ ? items_.size() : entries_.size(); }
  // One variable: the element, or the key. Two: the index or key, and the element or value.
  void bind(std::size_t index, bool two_variables, Value* slots) const {
    if (is_list_) {
      slots[two_variables ? 1 : 0] = items_[index];
      if (two_variables) slots[0] = static_cast<std::int64_t>(index);
    } else {
      slots[0] = entries_.key(index);
      if (two_variables) slots[1] = entries_.value(index);
    }
  }

 private:
  bool is_list_;
  Items items_;
  Entries entries_;
};

class Loop {
 public:
  Loop(Machine& machine, const Node& node, const Value& range)
      : machine_(machine),
        node_(node),
        range_(machine.context, range),
        slots_(machine.slots + node.detail) {}

  Value run() {
    switch (node_.op) {
      case Op::every:
      case Op::some:
        return quantify(node_.op == Op::some);
      case Op::one:
        return exactly_one();
      case Op::transform_map:
        return transform_map();
      default:
        return collect();
    }
  }

 private:
  Value condition(std::uint32_t operand) {
    const Value value = machine_.operand(node_, operand);
    if (value.is_error() || value.type() == Type::boolean) return value;
    return machine_.fail(node_, fmt::format("a loop's condition is a {}", type_name(value.type())));
  }
  void bind(std::size_t index) { range_.bind(index, node_.two_variables, slots_); }

  // all() and exists(): the deciding element wins over errors of others.
  Value quantify(bool decisive) {
    Value result = !decisive;
    for (std::size_t i = 0; i < range_.size(); ++i) {
      bind(i);
      const Value value = condition(1);
      if (machine_.context.exhausted()) return value;
      if (value.is_error()) {
        if (!result.is_error()) result = value;
      } else if (value.boolean() == decisive) {
        return decisive;
      }
    }
    return result;
  }

  Value exactly_one() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < range_.size(); ++i) {
      bind(i);
      const Value value = condition(1);
      if (value.is_error()) return value;
      if (value.boolean()) ++count;
    }
    return count == 1;
  }

  // filter() keeps elements, map() and transformList() make new ones, perhaps of some only.
  Value collect() {
    const bool keeps = node_.op == Op::filter;
    const std::uint32_t conditions = keeps ? 1 : node_.count - 2;
    auto* const items = machine_.context.arena.array<Value>(range_.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < range_.size(); ++i) {
      bind(i);
      if (conditions > 0) {
        const Value wanted = condition(1);
        if (wanted.is_error()) return wanted;
        if (!wanted.boolean()) continue;
      }
      const Value item = keeps ? slots_[0] : machine_.operand(node_, 1 + conditions);
      if (item.is_error()) return item;
      items[size++] = item;
    }
    return machine_.context.list(items, size);
  }

  Value transform_map() {
    const std::uint32_t conditions = node_.count - 2;
    auto* const entries = machine_.context.arena.array<Entry>(range_.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < range_.size(); ++i) {
      bind(i);
      const Value key = slots_[0];
      if (conditions > 0) {
        const Value wanted = condition(1);
        if (wanted.is_error()) return wanted;
        if (!wanted.boolean()) continue;
      }
      const Value value = machine_.operand(node_, 1 + conditions);
      if (value.is_error()) return value;
      entries[size++] = {key, value};
    }
    return Map{entries, size};
  }

  Machine& machine_;
  const Node& node_;
  Range range_;
  Value* slots_;
};

Value optional_body(Machine& machine, const Node& node, const Value& optional) {
  if (optional.type() != Type::optional)
    return machine.fail(node, fmt::format("a {} is not optional", type_name(optional.type())));
  if (optional.optional() == nullptr) return optional;
  machine.slots[node.detail] = *optional.optional();
  const Value result = machine.operand(node, 1);
  if (result.is_error()) return result;
  if (node.op == Op::opt_map) return machine.context.some(result);
  if (result.type() == Type::optional) return result;
  return machine.fail(node, "optFlatMap needs an optional result");
}

}  // namespace

Value loop(Machine& machine, const Node& node) {
  const Value range = machine.operand(node, 0);
  if (range.is_error()) return range;
  if (node.op == Op::bind) {
    machine.slots[node.detail] = range;
    return machine.operand(node, 1);
  }
  if (node.op == Op::opt_map || node.op == Op::opt_flat) return optional_body(machine, node, range);
  if (range.type() != Type::list && range.type() != Type::map)
    return machine.fail(node, fmt::format("a {} has no elements", type_name(range.type())));
  const std::size_t size = range.type() == Type::list ? Items(machine.context, range).size()
                                                      : Entries(machine.context, range).size();
  if (!machine.context.charge(size)) return machine.context.out_of_budget();
  return Loop(machine, node, range).run();
}

Value add_entry(Context& context, Entry* entries, std::size_t& size, const Value& key,
                const Value& value) {
  const Type type = key.type();
  if (type != Type::string && type != Type::boolean && type != Type::integer &&
      type != Type::uinteger)
    return context.fail_type("key of a map", type);
  for (std::size_t i = 0; i < size; ++i)
    if (equal(context, entries[i].key, key)) return context.fail("a key of the map stands twice");
  entries[size++] = {key, value};
  return {};
}

}  // namespace weft::cel
