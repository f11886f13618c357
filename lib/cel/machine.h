// One run over one tree: what evaluate.cpp and loop.cpp share.
#pragma once

#include "lib/cel/ast.h"
#include "lib/cel/context.h"

namespace weft::cel {

struct Machine {
  const Tree& tree;
  Context& context;
  Value* slots;

  Value run(std::uint32_t id);
  Value operand(const Node& node, std::uint32_t index) { return run(tree.operand(node, index)); }
  Value fail(const Node& node, std::string_view message);

 private:
  enum class Taken { yes, no, failed };
  Value field(const Node& node);
  Value element(const Node& node);
  Value logic(const Node& node);
  Value conditional(const Node& node);
  Value unary(const Node& node);
  Value binary(const Node& node);
  Value call(const Node& node);
  Value list(const Node& node);
  Value map(const Node& node);
  Taken entry(std::uint32_t id, Value& out);
};

}  // namespace weft::cel
