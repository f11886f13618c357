#include "lib/cel/program.h"

#include <algorithm>

#include "lib/cel/evaluate.h"
#include "lib/cel/parse.h"

namespace weft::cel {

base::Result<Program> Program::compile(std::string text, std::span<const Variable> variables) {
  WEFT_TRY(parsed, parse(std::move(text)));
  auto tree = std::make_shared<Tree>(std::move(parsed));
  WEFT_TRY(result, resolve(*tree, variables));
  return Program(std::move(tree), result);
}

const std::string& Program::text() const { return tree_->text; }

bool Program::uses(std::uint32_t index) const {
  return std::any_of(tree_->nodes.begin(), tree_->nodes.end(), [&](const Node& node) {
    return node.op == Op::variable && node.detail == index;
  });
}

Value Evaluator::run(const Program& program, std::span<const Input> inputs) {
  const Tree& tree = program.tree();
  context_.begin(budget_);
  slots_.assign(std::max<std::size_t>(tree.slots, inputs.size()), Value());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    slots_[i] = context_.from(*inputs[i].value, inputs[i].shape);
  return evaluate(tree, context_, slots_.data());
}

}  // namespace weft::cel
