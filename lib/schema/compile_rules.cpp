#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/schema/compiler.h"

namespace weft::schema {
namespace {

std::string text_of(const doc::Value* value) {
  return value != nullptr && value->is_string() ? value->string().str() : std::string();
}

// ".spec.replicas" in parts; ['quoted'] forms are not taken apart.
std::vector<std::string> path_parts(std::string_view path) {
  std::vector<std::string> parts;
  for (const auto part : base::split(path, '.'))
    if (!part.empty()) parts.emplace_back(part);
  return parts;
}

}  // namespace

void Compiler::compile_rules() {
  for (const auto& pending : pending_)
    for (const auto& rule : pending.rules->items())
      compile_rule(*pending.node, pending.place, rule);
}

void Compiler::compile_rule(Node& node, const std::string& place, const doc::Value& rule) {
  const std::string text = text_of(rule.find("rule"));
  const auto complain = [&](std::string_view what, const base::Error& error) {
    const std::string column =
        error.where.column == 0 ? "" : fmt::format("column {}: ", error.where.column);
    problem(fmt::format("{}: {} {}: {}{}", place.empty() ? "the object" : place, what, text, column,
                        error.message));
  };
  constexpr std::uint32_t kOldSelf = 1;
  const cel::Variable variables[] = {{"self", &node.shape}, {"oldSelf", &node.shape}};
  auto condition = cel::Program::compile(text, variables);
  if (!condition.ok()) return complain("rule", condition.error());
  const cel::Type type = condition->result_type();
  if (type != cel::Type::boolean && type != cel::Type::any)
    return complain("rule", {base::ExitCode::input,
                             fmt::format("the result is a {}, not a bool", cel::type_name(type))});
  // A rule about changes has nothing to say about one state.
  if (condition->uses(kOldSelf)) return;
  Rule compiled{std::move(*condition), std::nullopt, text_of(rule.find("message")),
                path_parts(text_of(rule.find("fieldPath")))};
  if (const std::string expression = text_of(rule.find("messageExpression")); !expression.empty()) {
    auto message = cel::Program::compile(expression, variables);
    if (!message.ok())
      complain("messageExpression of", message.error());
    else if (!message->uses(kOldSelf))
      compiled.message_expression = std::move(*message);
  }
  node.rules.push_back(std::move(compiled));
}

}  // namespace weft::schema
