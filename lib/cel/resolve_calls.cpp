#include <algorithm>
#include <optional>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/cel/resolver.h"

namespace weft::cel {

struct Macro {
  std::string_view name;
  std::uint32_t arguments;
  Op op;
  bool two_variables;
};
namespace {

constexpr Macro kMacros[] = {{"all", 2, Op::every, false},
                             {"all", 3, Op::every, true},
                             {"exists", 2, Op::some, false},
                             {"exists", 3, Op::some, true},
                             {"exists_one", 2, Op::one, false},
                             {"exists_one", 3, Op::one, true},
                             {"existsOne", 2, Op::one, false},
                             {"existsOne", 3, Op::one, true},
                             {"filter", 2, Op::filter, false},
                             {"map", 2, Op::transform, false},
                             {"map", 3, Op::transform, false},
                             {"transformList", 3, Op::transform, true},
                             {"transformList", 4, Op::transform, true},
                             {"transformMap", 3, Op::transform_map, true},
                             {"transformMap", 4, Op::transform_map, true},
                             {"optMap", 2, Op::opt_map, false},
                             {"optFlatMap", 2, Op::opt_flat, false}};

}  // namespace

base::Result<Known> Resolver::visit_function(Id id) {
  const std::string_view name = name_of(id);
  if (name == "has") return visit_has(id);
  return call(id, name, false);
}

base::Result<Known> Resolver::visit_has(Id id) {
  if (node(id).count != 1 || node(operand(id, 0)).op != Op::select)
    return error(id, "has() takes a field selection", "write has(self.field)");
  const Id field = operand(id, 0);
  WEFT_CHECK(visit(field));
  const Node inner = node(field);
  if (inner.op != Op::select) return error(id, "has() takes a field selection");
  node(id).op = Op::has;
  node(id).detail = inner.detail;
  node(id).first = inner.first;
  return Known{Type::boolean};
}

base::Result<Known> Resolver::visit_member_call(Id id) {
  const std::string_view name = name_of(id);
  const std::uint32_t arguments = node(id).count - 1;
  for (const auto& macro : kMacros)
    if (macro.name == name && macro.arguments == arguments) return visit_macro(id, macro);
  if (const std::string space = qualified(operand(id, 0)); !space.empty()) {
    const std::string full = fmt::format("{}.{}", space, name);
    if (full == "cel.bind" && arguments == 3) return visit_bind(id);
    if (is_function(full)) {
      drop_first_operand(id);
      return call(id, full, false);
    }
  }
  return call(id, name, true);
}

base::Result<std::string_view> Resolver::variable_name(Id id) const {
  if (tree_.nodes[id].op != Op::name) return error(id, "the name of a variable is due here");
  return name_of(id);
}

base::Result<Known> Resolver::visit_macro(Id id, const Macro& macro) {
  WEFT_TRY(range, visit(operand(id, 0)));
  const bool is_optional = macro.op == Op::opt_map || macro.op == Op::opt_flat;
  if (is_optional ? !fits(range.type, Type::optional)
                  : !fits(range.type, Type::list) && !fits(range.type, Type::map))
    return error(id, fmt::format("{} of a {}", macro.name, type_name(range.type)));
  const std::uint32_t variables = macro.two_variables ? 2 : 1;
  const std::size_t outer = scope_.size();
  Known value = range.shape == nullptr ? Known{} : known_of(range.shape->items);
  Known key = range.type == Type::list                            ? Known{Type::integer}
              : range.type == Type::map && range.shape != nullptr ? Known{Type::string}
                                                                  : Known{};
  if (is_optional) value = {};
  if (!macro.two_variables && range.type != Type::list && !is_optional)
    value = range.type == Type::map ? key : Known{};
  const std::uint32_t slot = tree_.slots;
  for (std::uint32_t i = 1; i <= variables; ++i) {
    WEFT_TRY(name, variable_name(operand(id, i)));
    declare(name, macro.two_variables && i == 1 ? key : value);
  }
  const std::uint32_t bodies = node(id).count - 1 - variables;
  Known result;
  for (std::uint32_t i = 0; i < bodies; ++i) {
    const Id body = operand(id, 1 + variables + i);
    const bool is_condition = (i + 1 < bodies) || macro.op == Op::every || macro.op == Op::some ||
                              macro.op == Op::one || macro.op == Op::filter;
    if (is_condition)
      WEFT_CHECK(demand(body, Type::boolean, macro.name));
    else
      WEFT_CHECK(visit(body));
  }
  scope_.resize(outer);
  // The range moves beside the bodies: the variables are slots from here on.
  Node& here = node(id);
  tree_.operands[here.first + variables] = tree_.operands[here.first];
  here.first += variables;
  here.count -= variables;
  here.op = macro.op;
  here.detail = slot;
  here.two_variables = macro.two_variables;
  if (is_optional) return Known{Type::optional};
  switch (macro.op) {
    case Op::filter:
      return range.type == Type::list ? range : Known{};
    case Op::transform:
      return Known{Type::list};
    case Op::transform_map:
      return Known{Type::map};
    default:
      return Known{Type::boolean};
  }
}

// cel.bind(name, value, body)
base::Result<Known> Resolver::visit_bind(Id id) {
  drop_first_operand(id);
  WEFT_TRY(name, variable_name(operand(id, 0)));
  WEFT_TRY(value, visit(operand(id, 1)));
  const std::uint32_t slot = declare(name, value);
  WEFT_TRY(result, visit(operand(id, 2)));
  scope_.pop_back();
  drop_first_operand(id);
  node(id).op = Op::bind;
  node(id).detail = slot;
  return result;
}

base::Result<Known> Resolver::call(Id id, std::string_view name, bool member) {
  std::vector<Type> types;
  std::string shown;
  for (std::uint32_t i = 0; i < node(id).count; ++i) {
    WEFT_TRY(argument, visit(operand(id, i)));
    types.push_back(argument.type);
    shown += (i == 0 ? "" : ", ");
    shown += type_name(argument.type);
  }
  if (!is_function(name))
    return error(id, fmt::format("there is no function {}{}", name,
                                 base::did_you_mean(name, function_names())));
  Call call;
  std::optional<Type> result;
  for (const Overload* overload : find_overloads(name, member, types.size())) {
    const bool matches =
        std::equal(types.begin(), types.end(), overload->parameters.begin(),
                   [](Type known, char wanted) { return fits(known, Type{wanted}); });
    if (!matches) continue;
    call.overloads.push_back(overload);
    result = result.value_or(overload->result) == overload->result ? overload->result : Type::any;
  }
  if (!result) return error(id, fmt::format("no such overload: {}({})", name, shown));
  if (name == "matches") {
    const Node& pattern = node(operand(id, 1));
    if (pattern.op == Op::constant) {
      auto compiled = regex::Regex::compile(tree_.constants[pattern.detail].text());
      if (!compiled.ok())
        return error(operand(id, 1), compiled.error().message + ": " + compiled.error().cause);
      call.pattern.push_back(std::move(*compiled));
    }
  }
  tree_.calls.push_back(std::move(call));
  node(id).op = Op::call;
  node(id).detail = static_cast<std::uint32_t>(tree_.calls.size() - 1);
  return Known{*result};
}

}  // namespace weft::cel
