#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/validate/validate.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/examples.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

// One by its id or slug; of a code of another tool all that tell it.
std::vector<const rules::Rule*> rules_named(std::string_view name) {
  if (const rules::Rule* rule = rules::find_rule(name)) return {rule};
  std::vector<const rules::Rule*> found;
  for (const rules::Rule& rule : rules::all_rules())
    if (name != "*" && rules::names_rule(name, rule)) found.push_back(&rule);
  return found;
}

std::string indented(std::string_view text) {
  std::string out;
  for (std::string_view line : base::split(base::trim(text), '\n'))
    out += fmt::format("{}{}\n", line.empty() ? "" : "    ", line);
  return out;
}

std::string explanation(const rules::Rule& rule, const term::Terminal& terminal) {
  const auto heading = [&terminal](std::string_view text) {
    return "\n" + paint(terminal, term::Style::bold, text) + "\n";
  };
  std::string out = paint(terminal, term::Style::bold, fmt::format("{} {}", rule.id, rule.slug));
  out += fmt::format("\n{} ({}, {}, {})\n", rule.title, name_of(rule.severity), rule.mesh,
                     rule.category);
  out += heading("Why") + std::string(rule.why) + '\n';
  out += heading("Remedy") + std::string(rule.remedy) + '\n';
  const rules::Example example = rules::example_of(rule);
  if (!example.bad.empty()) out += heading("Found in") + indented(example.bad);
  if (!example.good.empty()) out += heading("Not found in") + indented(example.good);
  if (!rule.refs.empty()) out += heading("Also known as") + std::string(rule.refs) + '\n';
  return out;
}

doc::Value value_of(const rules::Rule& rule) {
  const rules::Example example = rules::example_of(rule);
  doc::Value codes = doc::Value::list();
  for (std::string_view code : rule.codes()) codes.push(code);
  doc::Value document;
  document.set("id", rule.id)
      .set("slug", rule.slug)
      .set("severity", name_of(rule.severity))
      .set("mesh", rule.mesh)
      .set("category", rule.category)
      .set("title", rule.title)
      .set("why", rule.why)
      .set("remedy", rule.remedy)
      .set("refs", std::move(codes))
      .set("bad", example.bad)
      .set("good", example.good);
  return document;
}

doc::Value document_of(const std::vector<const rules::Rule*>& found) {
  doc::Value list = doc::Value::list();
  for (const rules::Rule* rule : found) list.push(value_of(*rule));
  doc::Value document;
  document.set("schema", "weft.explain/v1").set("rules", std::move(list));
  return document;
}

// Several are listed first: who asks for a code mostly looks for one of them.
std::string text_of(const std::vector<const rules::Rule*>& found, std::string_view name,
                    const term::Terminal& terminal) {
  std::string out;
  if (found.size() > 1) {
    out += fmt::format("{} is told by {} rules\n", name, found.size());
    for (const rules::Rule* rule : found) out += fmt::format("  {} {}\n", rule->id, rule->title);
  }
  for (const rules::Rule* rule : found)
    out += (out.empty() ? "" : "\n") + explanation(*rule, terminal);
  return out;
}

Result<ExitCode> run(Context& context, const std::string& name) {
  const std::vector<const rules::Rule*> found = rules_named(name);
  if (found.empty()) {
    std::vector<std::string> known;
    for (const auto& candidate : rule_candidates(context, "")) known.push_back(candidate.value);
    return base::Error{ExitCode::usage,
                       fmt::format("there is no rule {}{}", name, base::did_you_mean(name, known)),
                       "weft validate --list-rules"};
  }
  if (is_structured(context)) return print(context, document_of(found));
  context.out << text_of(found, name, context.out_term);
  return ExitCode::done;
}

}  // namespace

cli::Command explain_command() {
  auto name = std::make_shared<std::string>();
  return {.name = "explain",
          .summary = "Explain a rule of weft validate: why, an example, the remedy",
          .examples = {{"weft explain WF001", ""},
                       {"weft explain IST0106", "every rule with this code of istioctl or Kiali"}},
          .arguments = {cli::argument("RULE", *name, "id, slug, or a code of istioctl or Kiali")
                            .completes(rule_candidates)},
          .run = [name](Context& context) { return run(context, *name); }};
}

}  // namespace weft::cmd
