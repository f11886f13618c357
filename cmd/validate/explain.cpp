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

const rules::Rule* rule_named(std::string_view name) {
  if (const rules::Rule* rule = rules::find_rule(name)) return rule;
  for (const rules::Rule& rule : rules::all_rules())
    if (rules::names_rule(name, rule)) return &rule;
  return nullptr;
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

doc::Value document_of(const rules::Rule& rule) {
  const rules::Example example = rules::example_of(rule);
  doc::Value codes = doc::Value::list();
  for (std::string_view code : rule.codes()) codes.push(code);
  doc::Value document;
  document.set("schema", "weft.rule/v1")
      .set("id", rule.id)
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

Result<ExitCode> run(Context& context, const std::string& name) {
  const rules::Rule* rule = rule_named(name);
  if (rule == nullptr) {
    std::vector<std::string> known;
    for (const auto& candidate : rule_candidates(context, "")) known.push_back(candidate.value);
    return base::Error{ExitCode::usage,
                       fmt::format("there is no rule {}{}", name, base::did_you_mean(name, known)),
                       "weft validate --list-rules"};
  }
  if (is_structured(context)) return print(context, document_of(*rule));
  context.out << explanation(*rule, context.out_term);
  return ExitCode::done;
}

}  // namespace

cli::Command explain_command() {
  auto name = std::make_shared<std::string>();
  return {.name = "explain",
          .summary = "Explain a rule of weft validate: why, an example, the remedy",
          .examples = {{"weft explain WF001", ""},
                       {"weft explain IST0106", "by the code of istioctl or Kiali"}},
          .arguments = {cli::argument("RULE", *name, "id, slug, or a code of istioctl or Kiali")
                            .completes(rule_candidates)},
          .run = [name](Context& context) { return run(context, *name); }};
}

}  // namespace weft::cmd
