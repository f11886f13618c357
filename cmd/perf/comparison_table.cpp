#include "cmd/perf/comparison_table.h"

#include <vector>

#include "cmd/perf/summary.h"
#include "lib/base/format.h"
#include "lib/report/sections.h"
#include "lib/term/fit.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using term::Align;
using term::Style;
using term::Terminal;

std::string letter(std::size_t index) {
  return index < 26 ? std::string(1, static_cast<char>('A' + index)) : fmt::format("{}", index + 1);
}

std::string value_text(const stats::Metric& metric, const std::optional<double>& value) {
  return value ? format_value(metric, *value) : "-";
}

// Relative where it can be, error rates in percentage points.
std::string change_text(const stats::Difference& difference) {
  if (difference.metric.row().quantity == stats::Quantity::ratio)
    return difference.absolute ? fmt::format("{:+.2f} pp", *difference.absolute * 100) : "-";
  return difference.relative ? fmt::format("{:+.1f}%", *difference.relative * 100) : "-";
}

std::string range_text(const stats::Difference& difference) {
  const bool ratio = difference.metric.row().quantity == stats::Quantity::ratio;
  const auto& range = ratio ? difference.absolute_95 : difference.relative_95;
  if (!range) return "";
  const double low = range->low * 100, high = range->high * 100;
  return ratio ? fmt::format("{:+.2f} .. {:+.2f} pp", low, high)
               : fmt::format("{:+.1f} .. {:+.1f}%", low, high);
}

Style style_of(stats::Verdict verdict) {
  if (verdict == stats::Verdict::better) return Style::green;
  return verdict == stats::Verdict::worse ? Style::red : Style::plain;
}

std::string legend(std::span<const smp::Run> runs, const Terminal& terminal) {
  term::Table table{{{""}, {"result"}, {"id"}, {"started (UTC)"}, {"load"}}};
  for (std::size_t i = 0; i < runs.size(); ++i)
    table.rows.push_back({{letter(i), Style::bold},
                          {report::display_name(runs[i])},
                          {runs[i].id},
                          {format_when(runs[i].started)},
                          {report::load_sentence(runs[i])}});
  return term::render(table, terminal);
}

// The reasons for "no evidence", each once, below the table.
std::vector<std::string> reasons(const perf::Contrast& contrast) {
  std::vector<std::pair<std::string, std::string>> groups;  // reason -> metrics
  for (const auto& difference : contrast.figures.differences) {
    if (difference.reason.empty()) continue;
    const std::string name = difference.metric.name();
    const auto known = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return group.first == difference.reason;
    });
    if (known == groups.end())
      groups.emplace_back(difference.reason, name);
    else
      known->second += ", " + name;
  }
  std::vector<std::string> sentences;
  sentences.reserve(groups.size());
  for (const auto& [reason, metrics] : groups)
    sentences.push_back(groups.size() == 1
                            ? fmt::format("no evidence: {}", reason)
                            : fmt::format("no evidence for {}: {}", metrics, reason));
  return sentences;
}

std::string contrast_text(const perf::Contrast& contrast, std::size_t index,
                          const Terminal& terminal) {
  term::Table table{{{"metric"},
                     {"A", Align::right},
                     {letter(index), Align::right},
                     {"change", Align::right},
                     {"95% confidence", Align::right},
                     {"verdict"}}};
  for (const auto& difference : contrast.figures.differences) {
    if (!difference.a && !difference.b) continue;
    table.rows.push_back(
        {{difference.metric.name()},
         {value_text(difference.metric, difference.a)},
         {value_text(difference.metric, difference.b)},
         {change_text(difference)},
         {range_text(difference)},
         {std::string(stats::verdict_name(difference.verdict)), style_of(difference.verdict)}});
  }
  std::string out = '\n' + term::render(table, terminal);
  for (const auto& sentence : reasons(contrast)) out += term::printable(sentence, terminal) + '\n';
  for (const auto& caveat : contrast.caveats)
    out += "note: " + term::printable(caveat, terminal) + '\n';
  for (const auto& change : contrast.changes) {
    const auto word = change.happened ? term::paint(terminal, Style::red, "happened")
                                      : term::paint(terminal, Style::green, "not shown");
    out += fmt::format("fail on {}: {} ({})\n", term::printable(change.term.text, terminal), word,
                       change.reason);
  }
  return out;
}

}  // namespace

std::string comparison_text(std::span<const smp::Run> runs, const perf::RunComparison& comparison,
                            const Terminal& terminal) {
  std::string out = legend(runs, terminal);
  for (std::size_t i = 0; i < comparison.others.size(); ++i)
    out += contrast_text(comparison.others[i], i + 1, terminal);
  return out;
}

}  // namespace weft::cmd
