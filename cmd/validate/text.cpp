#include "lib/base/text.h"
#include "cmd/validate/validate.h"
#include "lib/base/format.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using rules::Finding;
using rules::Severity;
using term::Style;

Style style_of(Severity severity) {
  if (severity == Severity::error) return Style::red;
  return severity == Severity::warning ? Style::yellow : Style::blue;
}

std::string code_of(const Finding& finding, bool foreign) {
  const auto codes = finding.rule->codes();
  return foreign && !codes.empty() ? fmt::format("{} {}", finding.rule->id, codes.front())
                                   : std::string(finding.rule->id);
}

// The line of the source with a caret, cut so that the caret stays on the screen.
std::string excerpt(const base::Where& where, int width) {
  constexpr std::size_t kGutter = 8;
  if (where.excerpt.empty() || where.column == 0) return {};
  const auto room = static_cast<std::size_t>(std::max(width, 40)) - kGutter;
  const std::size_t column = where.column - 1;
  const std::size_t start = column < room ? 0 : column - room / 2;
  std::string line;
  for (char c : where.excerpt.substr(std::min(start, where.excerpt.size()), room))
    line += c == '\t' ? ' ' : c;
  return fmt::format("    | {}\n    | {}^\n", line, std::string(column - start, ' '));
}

std::string finding_text(const Finding& finding, bool foreign, const term::Terminal& terminal) {
  const base::Where where = finding.source->where(finding.at);
  const std::string object =
      finding.resource == nullptr ? "" : fmt::format("{}: ", finding.resource->title());
  std::string out = fmt::format(
      "  {}:{} {} [{}] {}{}{}\n", where.line, where.column,
      paint(terminal, style_of(finding.severity), name_of(finding.severity)),
      code_of(finding, foreign), object, finding.message, finding.is_partial ? " (partial)" : "");
  if (finding.severity == Severity::info) return out;
  out += excerpt(where, terminal.width);
  return out + fmt::format("    try: {}\n", finding.rule->remedy);
}

std::string counted(const rules::Outcome& outcome, const rules::Inventory& in) {
  std::string out = fmt::format(
      "{}, {}, {} in {}", base::plural(outcome.count(Severity::error), "error"),
      base::plural(outcome.count(Severity::warning), "warning"),
      base::plural(outcome.count(Severity::info), "note"), base::plural(in.all().size(), "object"));
  if (outcome.suppressed != 0) out += fmt::format("; {} suppressed", outcome.suppressed);
  if (outcome.in_baseline != 0) out += fmt::format("; {} in the baseline", outcome.in_baseline);
  if (outcome.in_cluster != 0)
    out += fmt::format("; {} in the cluster already", outcome.in_cluster);
  if (in.other_documents() != 0)
    out += fmt::format("; {} not of Kubernetes", base::plural(in.other_documents(), "document"));
  return out + '\n';
}

}  // namespace

std::string findings_text(const rules::Outcome& outcome, const rules::Inventory& in,
                          bool foreign_codes, const term::Terminal& terminal) {
  std::string out;
  const doc::Source* source = nullptr;
  for (const Finding& finding : outcome.findings) {
    if (finding.source.get() != source) {
      out +=
          (out.empty() ? "" : "\n") + paint(terminal, Style::bold, finding.source->name()) + '\n';
      source = finding.source.get();
    }
    out += finding_text(finding, foreign_codes, terminal);
  }
  return out + (out.empty() ? "" : "\n") + counted(outcome, in);
}

std::string rules_text(const term::Terminal& terminal) {
  term::Table table{{{"id"}, {"severity"}, {"mesh"}, {"rule"}, {"finds"}, {"also known as"}}};
  for (const rules::Rule& rule : rules::all_rules())
    table.rows.push_back({{std::string(rule.id)},
                          {std::string(name_of(rule.severity)), style_of(rule.severity)},
                          {std::string(rule.mesh)},
                          {std::string(rule.slug)},
                          {std::string(rule.title)},
                          {std::string(rule.refs)}});
  return render(table, terminal);
}

}  // namespace weft::cmd
