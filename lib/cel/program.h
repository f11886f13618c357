// Validation rules of Kubernetes: compile an expression once, evaluate it over many documents.
// The language is CEL with the libraries that the API server adds (lists, regex, URL, IP, CIDR,
// quantity, format, semver, optional types, strings, sets); time zones by name are not known.
//
//   const cel::Variable self[] = {{"self"}};
//   WEFT_TRY(rule, cel::Program::compile("self.port > 0 && self.port < 65536", self));
//   cel::Evaluator evaluator;
//   const cel::Value result = evaluator.run(rule, {{&document.root}});
//   if (result.is_error()) say(result.failure().message);
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/cel/context.h"
#include "lib/cel/resolve.h"

namespace weft::cel {

struct Tree;

// Immutable, cheap to copy, safe to use from several threads.
class Program {
 public:
  // An input error whose place is a line and column of the expression.
  static base::Result<Program> compile(std::string text, std::span<const Variable> variables);

  // As far as it is known without evaluating: Type::any when it is not.
  Type result_type() const { return result_; }
  const std::string& text() const;
  // Whether the expression reads variable number `index`.
  bool uses(std::uint32_t index) const;
  const Tree& tree() const { return *tree_; }

 private:
  Program(std::shared_ptr<const Tree> tree, Type result)
      : tree_(std::move(tree)), result_(result) {}
  std::shared_ptr<const Tree> tree_;
  Type result_;
};

// The value of a variable: a part of a document, with the shape it was compiled for.
struct Input {
  const doc::Value* value;
  const Shape* shape = nullptr;
};

// The memory of evaluations, used again and again: one for each thread. A result lives until the
// next run.
class Evaluator {
 public:
  // What one run may cost: about one unit a step, and one for ten bytes of text made or searched.
  static constexpr std::uint64_t kDefaultBudget = 1'000'000;
  explicit Evaluator(std::uint64_t budget = kDefaultBudget) : budget_(budget) {}

  // `inputs` in the order of compile()'s variables. An error is a value: see Value::failure().
  Value run(const Program& program, std::span<const Input> inputs);
  // What the last run cost, in units of the budget.
  std::uint64_t spent() const { return budget_ - context_.budget(); }

 private:
  Context context_;
  std::uint64_t budget_;
  std::vector<Value> slots_;
};

}  // namespace weft::cel
