#include "lib/base/format.h"
#include "lib/base/markup.h"
#include "lib/rules/render.h"

namespace weft::rules {
namespace {

// Workflow commands end at a line break, and their properties at a comma or colon.
std::string escaped(std::string_view text, bool is_property) {
  std::string out;
  for (char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (is_property && (c == ',' || c == ':')))
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string about(const Finding& finding) {
  return finding.resource == nullptr ? finding.source->name() : finding.resource->title();
}

}  // namespace

std::string to_junit(const Outcome& outcome) {
  const auto failures = outcome.findings.size() - outcome.count(Severity::info);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out +=
      fmt::format("<testsuites><testsuite name=\"weft validate\" tests=\"{}\" failures=\"{}\">\n",
                  outcome.findings.empty() ? 1 : outcome.findings.size(), failures);
  if (outcome.findings.empty()) out += "  <testcase classname=\"weft\" name=\"no findings\"/>\n";
  for (const Finding& finding : outcome.findings) {
    const std::string place = finding.source->where(finding.at).text();
    out += fmt::format("  <testcase classname=\"{}\" name=\"{}\" file=\"{}\">", finding.rule->id,
                       base::escape_markup(about(finding)),
                       base::escape_markup(finding.source->name()));
    if (finding.severity == Severity::info)
      out += fmt::format("<system-out>{}: {}</system-out>", base::escape_markup(place),
                         base::escape_markup(finding.message));
    else
      out += fmt::format("<failure type=\"{}\" message=\"{}\">{}: {}</failure>",
                         name_of(finding.severity), base::escape_markup(finding.message),
                         base::escape_markup(place), base::escape_markup(finding.rule->remedy));
    out += "</testcase>\n";
  }
  return out + "</testsuite></testsuites>\n";
}

std::string to_github(const Outcome& outcome) {
  std::string out;
  for (const Finding& finding : outcome.findings) {
    const base::Where where = finding.source->where(finding.at);
    const std::string_view level =
        finding.severity == Severity::info ? "notice" : name_of(finding.severity);
    out += fmt::format("::{} file={},line={},col={},title={}::{}\n", level,
                       escaped(where.source, true), where.line, where.column,
                       escaped(fmt::format("{} {}", finding.rule->id, finding.rule->slug), true),
                       escaped(fmt::format("{}: {}", about(finding), finding.message), false));
  }
  return out;
}

std::string to_markdown(const Outcome& outcome) {
  if (outcome.findings.empty()) return "No findings.\n";
  std::string out = "| severity | rule | where | object | finding |\n|---|---|---|---|---|\n";
  for (const Finding& finding : outcome.findings)
    out += fmt::format("| {}{} | {} | {} | {} | {} |\n", name_of(finding.severity),
                       finding.is_partial ? " (partial)" : "", finding.rule->id,
                       cell(finding.source->where(finding.at).text()), cell(about(finding)),
                       cell(finding.message));
  return out;
}

}  // namespace weft::rules
