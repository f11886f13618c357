#include "lib/cel/resolve.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/cel/lexer.h"
#include "lib/cel/resolver.h"

namespace weft::cel {
namespace {

struct OperatorTypes {
  Op op;
  std::string_view operands;
  char result;
};
constexpr OperatorTypes kArithmetic[] = {
    {Op::add, "ii", 'i'},      {Op::add, "uu", 'u'},      {Op::add, "dd", 'd'},
    {Op::add, "ss", 's'},      {Op::add, "yy", 'y'},      {Op::add, "ll", 'l'},
    {Op::add, "DD", 'D'},      {Op::add, "TD", 'T'},      {Op::add, "DT", 'T'},
    {Op::subtract, "ii", 'i'}, {Op::subtract, "uu", 'u'}, {Op::subtract, "dd", 'd'},
    {Op::subtract, "DD", 'D'}, {Op::subtract, "TD", 'T'}, {Op::subtract, "TT", 'D'},
    {Op::multiply, "ii", 'i'}, {Op::multiply, "uu", 'u'}, {Op::multiply, "dd", 'd'},
    {Op::divide, "ii", 'i'},   {Op::divide, "uu", 'u'},   {Op::divide, "dd", 'd'},
    {Op::modulo, "ii", 'i'},   {Op::modulo, "uu", 'u'}};

}  // namespace

base::Result<Known> Resolver::visit(Id id) {
  switch (node(id).op) {
    case Op::constant:
      return Known{tree_.constants[node(id).detail].type()};
    case Op::name:
      return visit_name(id);
    case Op::select:
    case Op::optional_select:
      return visit_field(id);
    case Op::index:
    case Op::optional_index:
      return visit_index(id);
    case Op::function:
      return visit_function(id);
    case Op::member_call:
      return visit_member_call(id);
    case Op::all_of:
    case Op::any_of:
    case Op::negation:
      return visit_logic(id);
    case Op::conditional:
      return visit_conditional(id);
    case Op::list:
    case Op::map:
      return visit_elements(id);
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::modulo:
    case Op::negate:
      return visit_arithmetic(id);
    default:
      return visit_comparison(id);
  }
}

base::Result<Known> Resolver::visit_name(Id id) {
  const std::string_view wanted = name_of(id);
  if (const Name* found = find(wanted)) {
    node(id).op = Op::variable;
    node(id).detail = found->slot;
    return found->known;
  }
  if (const Type type = type_named(wanted); type != Type::error) return make_constant(id, type);
  std::vector<std::string> candidates;
  for (const auto& each : scope_) candidates.emplace_back(each.name);
  return error(id, fmt::format("nothing here is called {}{}", wanted,
                               base::did_you_mean(wanted, candidates)));
}

std::string Resolver::qualified(Id id) const {
  const Node& here = tree_.nodes[id];
  if (here.op == Op::name)
    return find(name_of(id)) == nullptr ? std::string(name_of(id)) : std::string();
  if (here.op != Op::select) return {};
  const std::string before = qualified(operand(id, 0));
  return before.empty() ? before : fmt::format("{}.{}", before, name_of(id));
}

base::Result<Known> Resolver::visit_field(Id id) {
  if (node(id).op == Op::select)
    if (const Type type = type_named(qualified(id)); type != Type::error)
      return make_constant(id, type);
  WEFT_TRY(target, visit(operand(id, 0)));
  const bool is_optional = node(id).op == Op::optional_select || target.type == Type::optional;
  const std::string field = unescape_field(name_of(id));
  tree_.names[node(id).detail] = tree_.arena.keep_text(field);
  if (!fits(target.type, Type::map) && target.type != Type::optional)
    return error(id, fmt::format("a {} has no field {}", type_name(target.type), field));
  if (target.shape == nullptr) return Known{is_optional ? Type::optional : Type::any};
  if (const ShapeField* found = target.shape->field(field))
    return is_optional ? Known{Type::optional} : known_of(found->shape);
  if (target.shape->closed) {
    std::vector<std::string> candidates;
    for (const auto& each : target.shape->fields) candidates.push_back(each.name);
    return error(id,
                 fmt::format("undefined field {}{}", field, base::did_you_mean(field, candidates)));
  }
  return is_optional ? Known{Type::optional} : known_of(target.shape->items);
}

base::Result<Known> Resolver::visit_index(Id id) {
  WEFT_TRY(target, visit(operand(id, 0)));
  WEFT_TRY(key, visit(operand(id, 1)));
  if (!fits(target.type, Type::map) && !fits(target.type, Type::list) &&
      target.type != Type::optional)
    return error(id, fmt::format("a {} has no elements", type_name(target.type)));
  if (target.type == Type::list && key.type != Type::any && !is_numeric(key.type))
    return error(id, fmt::format("a list has no element of a {}", type_name(key.type)));
  if (node(id).op == Op::optional_index || target.type == Type::optional)
    return Known{Type::optional};
  return target.shape == nullptr ? Known{} : known_of(target.shape->items);
}

base::Result<void> Resolver::demand(Id id, Type wanted, std::string_view who) {
  WEFT_TRY(found, visit(id));
  if (fits(found.type, wanted)) return {};
  return error(
      id, fmt::format("{} needs a {}, not a {}", who, type_name(wanted), type_name(found.type)));
}

base::Result<Known> Resolver::visit_logic(Id id) {
  const std::string_view who = node(id).op == Op::all_of   ? "&&"
                               : node(id).op == Op::any_of ? "||"
                                                           : "!";
  for (std::uint32_t i = 0; i < node(id).count; ++i)
    WEFT_CHECK(demand(operand(id, i), Type::boolean, who));
  return Known{Type::boolean};
}

base::Result<Known> Resolver::visit_conditional(Id id) {
  WEFT_CHECK(demand(operand(id, 0), Type::boolean, "?"));
  WEFT_TRY(yes, visit(operand(id, 1)));
  WEFT_TRY(no, visit(operand(id, 2)));
  return Known{yes.type == no.type ? yes.type : Type::any,
               yes.shape == no.shape ? yes.shape : nullptr};
}

base::Result<Known> Resolver::visit_comparison(Id id) {
  WEFT_TRY(left, visit(operand(id, 0)));
  WEFT_TRY(right, visit(operand(id, 1)));
  const Op op = node(id).op;
  const auto impossible = [&](std::string_view what) {
    return error(
        id, fmt::format("{} a {} and a {}", what, type_name(left.type), type_name(right.type)));
  };
  if (op == Op::in) {
    if (!fits(right.type, Type::list) && !fits(right.type, Type::map))
      return error(id, fmt::format("in needs a list or a map, not a {}", type_name(right.type)));
    return Known{Type::boolean};
  }
  const bool are_comparable = fits(left.type, right.type) || left.type == Type::null ||
                              right.type == Type::null ||
                              (is_numeric(left.type) && is_numeric(right.type));
  if (!are_comparable) return impossible("nothing compares");
  return Known{Type::boolean};
}

base::Result<Known> Resolver::visit_arithmetic(Id id) {
  WEFT_TRY(left, visit(operand(id, 0)));
  if (node(id).op == Op::negate) {
    if (left.type == Type::any || left.type == Type::integer || left.type == Type::number)
      return Known{left.type};
    return error(id, fmt::format("a {} has no negative", type_name(left.type)));
  }
  WEFT_TRY(right, visit(operand(id, 1)));
  std::optional<Type> result;
  for (const auto& row : kArithmetic) {
    if (row.op != node(id).op || !fits(left.type, Type{row.operands[0]}) ||
        !fits(right.type, Type{row.operands[1]}))
      continue;
    result = result.value_or(Type{row.result}) == Type{row.result} ? Type{row.result} : Type::any;
  }
  if (result) return Known{*result};
  return error(id, fmt::format("no such overload: this operator of a {} and a {}",
                               type_name(left.type), type_name(right.type)));
}

base::Result<Known> Resolver::visit_elements(Id id) {
  for (std::uint32_t i = 0; i < node(id).count; ++i) {
    const Id element = operand(id, i);
    const Id inner = node(element).op == Op::optional_entry ? operand(element, 0) : element;
    WEFT_CHECK(visit(inner));
  }
  return Known{node(id).op == Op::list ? Type::list : Type::map};
}

std::string unescape_field(std::string_view name) {
  if (name.find("__") == std::string_view::npos) return std::string(name);
  if (name.size() > 4 && name.starts_with("__") && name.ends_with("__"))
    if (const auto word = name.substr(2, name.size() - 4); is_reserved(word))
      return std::string(word);
  struct Escape {
    std::string_view written;
    std::string_view meaning;
  };
  constexpr Escape kEscapes[] = {
      {"__underscores__", "__"}, {"__dot__", "."}, {"__dash__", "-"}, {"__slash__", "/"}};
  std::string out;
  while (!name.empty()) {
    const auto found =
        std::find_if(std::begin(kEscapes), std::end(kEscapes),
                     [&](const Escape& each) { return name.starts_with(each.written); });
    const bool is_escape = found != std::end(kEscapes);
    out += is_escape ? found->meaning : name.substr(0, 1);
    name.remove_prefix(is_escape ? found->written.size() : 1);
  }
  return out;
}

base::Result<Type> resolve(Tree& tree, std::span<const Variable> variables) {
  Resolver resolver(tree, variables);
  WEFT_TRY(known, resolver.visit(tree.root));
  return known.type;
}

}  // namespace weft::cel
