// The work of resolve(): names, fields and operators in resolve.cpp, calls and macros in
// resolve_calls.cpp.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "lib/cel/lexer.h"
#include "lib/cel/resolve.h"

namespace weft::cel {

struct Macro;

// What is known of a value before evaluation.
struct Known {
  Type type = Type::any;
  const Shape* shape = nullptr;
};

inline Known known_of(const Shape* shape) {
  if (shape == nullptr || shape->nullable) return {Type::any, shape};
  return {shape->type, shape};
}

inline bool fits(Type known, Type wanted) {
  return known == Type::any || wanted == Type::any || known == wanted;
}

class Resolver {
 public:
  using Id = std::uint32_t;

  Resolver(Tree& tree, std::span<const Variable> variables) : tree_(tree) {
    for (const auto& variable : variables) declare(variable.name, known_of(variable.shape));
  }

  base::Result<Known> visit(Id id);

 private:
  struct Name {
    std::string_view name;
    std::uint32_t slot;
    Known known;
  };

  std::uint32_t declare(std::string_view name, Known known) {
    scope_.push_back({name, tree_.slots, known});
    return tree_.slots++;
  }
  const Name* find(std::string_view name) const {
    const auto at = std::find_if(scope_.rbegin(), scope_.rend(),
                                 [&](const Name& each) { return each.name == name; });
    return at == scope_.rend() ? nullptr : &*at;
  }
  Node& node(Id id) { return tree_.nodes[id]; }
  Id operand(Id id, std::uint32_t index) const { return tree_.operand(tree_.nodes[id], index); }
  std::string_view name_of(Id id) const { return tree_.names[tree_.nodes[id].detail]; }
  base::Error error(Id id, std::string message, std::string remedy = {}) const {
    return syntax_error(tree_.text, tree_.nodes[id].offset, std::move(message), std::move(remedy));
  }

  base::Result<Known> visit_name(Id id);
  base::Result<Known> visit_field(Id id);
  base::Result<Known> visit_index(Id id);
  base::Result<Known> visit_logic(Id id);
  base::Result<Known> visit_conditional(Id id);
  base::Result<Known> visit_comparison(Id id);
  base::Result<Known> visit_arithmetic(Id id);
  base::Result<Known> visit_elements(Id id);
  base::Result<Known> visit_function(Id id);
  base::Result<Known> visit_member_call(Id id);
  base::Result<Known> visit_has(Id id);
  base::Result<Known> visit_macro(Id id, const Macro& macro);
  base::Result<Known> visit_bind(Id id);
  base::Result<Known> call(Id id, std::string_view name, bool member);
  base::Result<void> demand(Id id, Type wanted, std::string_view who);
  base::Result<std::string_view> variable_name(Id id) const;
  // "a.b.c" when that is all the expression is and a is no variable.
  std::string qualified(Id id) const;
  void drop_first_operand(Id id) {
    ++node(id).first;
    --node(id).count;
  }
  base::Result<Known> make_constant(Id id, Type type) {
    tree_.constants.emplace_back(type);
    node(id).op = Op::constant;
    node(id).count = 0;
    node(id).detail = static_cast<std::uint32_t>(tree_.constants.size() - 1);
    return Known{Type::type};
  }

  Tree& tree_;
  std::vector<Name> scope_;
};

}  // namespace weft::cel
