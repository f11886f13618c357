#include "lib/cel/evaluate.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "lib/base/format.h"
#include "lib/cel/loop.h"
#include "lib/cel/machine.h"
#include "lib/cel/operators.h"

namespace weft::cel {
namespace {

// The index that a number stands for; null when it is no whole number of 64 bits.
Value whole_number(const Value& number) {
  if (const auto* integer = number.get<std::int64_t>()) return *integer;
  constexpr double kLimit = 9e15;
  if (const auto* real = number.get<double>())
    return std::trunc(*real) == *real && std::abs(*real) < kLimit
               ? Value(static_cast<std::int64_t>(*real))
               : Value();
  const std::uint64_t value = number.uinteger();
  return value <= INT64_MAX ? Value(static_cast<std::int64_t>(value)) : Value();
}

}  // namespace

Value Machine::run(std::uint32_t id) {
  if (!context.charge(1)) return context.out_of_budget();
  const Node& node = tree.nodes[id];
  switch (node.op) {
    case Op::constant:
      return tree.constants[node.detail];
    case Op::variable:
      return slots[node.detail];
    case Op::select:
    case Op::optional_select:
    case Op::has:
      return field(node);
    case Op::index:
    case Op::optional_index:
      return element(node);
    case Op::all_of:
    case Op::any_of:
      return logic(node);
    case Op::conditional:
      return conditional(node);
    case Op::call:
      return call(node);
    case Op::list:
      return list(node);
    case Op::map:
      return map(node);
    case Op::negation:
    case Op::negate:
      return unary(node);
    case Op::every:
    case Op::some:
    case Op::one:
    case Op::filter:
    case Op::transform:
    case Op::transform_map:
    case Op::bind:
    case Op::opt_map:
    case Op::opt_flat:
      return loop(*this, node);
    default:
      return binary(node);
  }
}

Value Machine::fail(const Node& node, std::string_view message) {
  context.stand_at(node.offset);
  return context.fail(message);
}

Value Machine::field(const Node& node) {
  Value target = operand(node, 0);
  if (target.is_error()) return target;
  const bool was_optional = target.type() == Type::optional;
  if (was_optional) {
    if (target.optional() == nullptr) return node.op == Op::has ? Value(false) : target;
    target = *target.optional();
  }
  const std::string_view name = tree.names[node.detail];
  if (target.type() != Type::map)
    return fail(node, fmt::format("no such field: {} of a {}", name, type_name(target.type())));
  Value found;
  const bool is_there = Entries(context, target).find(name, found);
  if (node.op == Op::has) return is_there;
  if (found.is_error()) return found;
  if (was_optional || node.op == Op::optional_select)
    return is_there ? context.some(found) : context.none();
  return is_there ? found : fail(node, fmt::format("no such key: {}", name));
}

Value Machine::element(const Node& node) {
  Value target = operand(node, 0);
  if (target.is_error()) return target;
  const Value key = operand(node, 1);
  if (key.is_error()) return key;
  const bool was_optional = target.type() == Type::optional;
  if (was_optional) {
    if (target.optional() == nullptr) return target;
    target = *target.optional();
  }
  Value found;
  bool is_there = false;
  std::string problem;
  if (target.type() == Type::map) {
    is_there = Entries(context, target).find(key, found);
    if (!is_there)
      problem = key.type() == Type::string ? fmt::format("no such key: {}", key.text())
                                           : std::string("no such key");
  } else if (target.type() == Type::list) {
    const Items items(context, target);
    if (!is_numeric(key.type()))
      return fail(node, fmt::format("a list has no element of a {}", type_name(key.type())));
    const auto size = static_cast<std::int64_t>(items.size());
    const Value index = whole_number(key);
    is_there = index.type() == Type::integer && index.integer() >= 0 && index.integer() < size;
    if (is_there)
      found = items[static_cast<std::size_t>(index.integer())];
    else
      problem = fmt::format("index out of bounds in a list of {}", size);
  } else {
    return fail(node, fmt::format("no such overload: element of a {}", type_name(target.type())));
  }
  if (found.is_error()) return found;
  if (was_optional || node.op == Op::optional_index)
    return is_there ? context.some(found) : context.none();
  return is_there ? found : fail(node, problem);
}

// The operands in turn until one decides; an error counts only when none does.
Value Machine::logic(const Node& node) {
  const bool decisive = node.op == Op::any_of;
  Value result = !decisive;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    Value each = operand(node, i);
    if (context.exhausted()) return each;
    if (const bool* condition = each.get<bool>()) {
      if (*condition == decisive) return decisive;
      continue;
    }
    if (!each.is_error())
      each = fail(node, fmt::format("no such overload: {} of a {}", decisive ? "||" : "&&",
                                    type_name(each.type())));
    if (!result.is_error()) result = each;
  }
  return result;
}

Value Machine::conditional(const Node& node) {
  const Value condition = operand(node, 0);
  if (condition.is_error()) return condition;
  const bool* is_true = condition.get<bool>();
  if (is_true == nullptr)
    return fail(node, fmt::format("no such overload: ? of a {}", type_name(condition.type())));
  return operand(node, *is_true ? 1 : 2);
}

Value Machine::unary(const Node& node) {
  const Value value = operand(node, 0);
  if (value.is_error()) return value;
  context.stand_at(node.offset);
  if (node.op == Op::negate) return negate(context, value);
  if (const bool* condition = value.get<bool>()) return !*condition;
  return context.fail_type("!", value.type());
}

Value Machine::binary(const Node& node) {
  const Value a = operand(node, 0);
  if (a.is_error()) return a;
  const Value b = operand(node, 1);
  if (b.is_error()) return b;
  context.stand_at(node.offset);
  switch (node.op) {
    case Op::equal:
    case Op::not_equal:
      return equal(context, a, b) == (node.op == Op::equal);
    case Op::in:
      return contained(context, a, b);
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      break;
    default:
      return arithmetic(context, node.op, a, b);
  }
  const auto order = compare(a, b);
  if (!order) return no_overload(context, node.op, a, b);
  return node.op == Op::less         ? *order < 0
         : node.op == Op::less_equal ? *order <= 0
         : node.op == Op::greater    ? *order > 0
                                     : *order >= 0;
}

Value Machine::call(const Node& node) {
  const Call& target = tree.calls[node.detail];
  constexpr std::uint32_t kMost = 8;
  Value arguments[kMost];
  for (std::uint32_t i = 0; i < std::min(node.count, kMost); ++i) {
    arguments[i] = operand(node, i);
    if (arguments[i].is_error()) return arguments[i];
  }
  context.stand_at(node.offset);
  if (!target.pattern.empty() && arguments[0].type() == Type::string) {
    if (!context.charge(arguments[0].text().size() / 10)) return context.out_of_budget();
    return target.pattern.front().found_in(arguments[0].text());
  }
  for (const Overload* overload : target.overloads) {
    const bool matches =
        std::equal(overload->parameters.begin(), overload->parameters.end(), arguments,
                   [](char wanted, const Value& found) {
                     return Type{wanted} == Type::any || Type{wanted} == found.type();
                   });
    if (matches) return overload->run(context, arguments);
  }
  std::string shown;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    shown += i == 0 ? "" : ", ";
    shown += type_name(arguments[i].type());
  }
  return context.fail(
      fmt::format("no such overload: {}({})", target.overloads.front()->name, shown));
}

Value Machine::list(const Node& node) {
  auto* const items = context.arena.array<Value>(node.count);
  std::size_t size = 0;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    Value item;
    const Taken taken = entry(tree.operand(node, i), item);
    if (taken == Taken::failed) return item;
    if (taken == Taken::yes) items[size++] = item;
  }
  return context.list(items, size);
}

Value Machine::map(const Node& node) {
  auto* const entries = context.arena.array<Entry>(node.count / 2);
  std::size_t size = 0;
  for (std::uint32_t i = 0; i + 1 < node.count; i += 2) {
    const Node& key_node = tree.nodes[tree.operand(node, i)];
    const bool is_optional = key_node.op == Op::optional_entry;
    const Value key = is_optional ? operand(key_node, 0) : operand(node, i);
    if (key.is_error()) return key;
    Value value = operand(node, i + 1);
    if (value.is_error()) return value;
    if (is_optional) {
      if (value.type() != Type::optional) return fail(key_node, "?key needs an optional value");
      if (value.optional() == nullptr) continue;
      value = *value.optional();
    }
    if (const Value bad = add_entry(context, entries, size, key, value); bad.is_error()) return bad;
  }
  return Map{entries, size};
}

Machine::Taken Machine::entry(std::uint32_t id, Value& out) {
  const Node& node = tree.nodes[id];
  if (node.op != Op::optional_entry) {
    out = run(id);
    return out.is_error() ? Taken::failed : Taken::yes;
  }
  out = operand(node, 0);
  if (out.is_error()) return Taken::failed;
  if (out.type() != Type::optional) {
    out = fail(node, "?element needs an optional value");
    return Taken::failed;
  }
  if (out.optional() == nullptr) return Taken::no;
  out = *out.optional();
  return Taken::yes;
}

Value evaluate(const Tree& tree, Context& context, Value* slots) {
  const Value result = Machine{tree, context, slots}.run(tree.root);
  return context.exhausted() ? context.out_of_budget() : result;
}

}  // namespace weft::cel
