#include "cmd/operations/check_text.h"

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::cmd {
namespace {

using mesh::Verdict;

struct Look {
  std::string_view sign;
  std::string_view ascii;
  term::Style style;
};

Look look_of(const mesh::CheckResult& result) {
  if (result.ignored) return {"○", "ign ", term::Style::dim};
  switch (result.verdict) {
    case Verdict::ok:
      return {"√", "ok  ", term::Style::green};
    case Verdict::warn:
      return {"‼", "warn", term::Style::yellow};
    case Verdict::fail:
      return {"×", "FAIL", term::Style::red};
    default:
      return {"–", "skip", term::Style::dim};
  }
}

std::string line_of(const mesh::CheckResult& result, const term::Terminal& terminal) {
  const Look look = look_of(result);
  std::string line = fmt::format(
      "  {} {}", term::paint(terminal, look.style, terminal.unicode ? look.sign : look.ascii),
      result.check->title);
  if (!result.subject.empty()) line += ": " + result.subject;
  if (!result.detail.empty()) line += (result.subject.empty() ? ": " : " - ") + result.detail;
  return line;
}

}  // namespace

std::string check_text(const mesh::CheckReport& report, const term::Terminal& terminal, bool all) {
  std::string out;
  std::string_view category;
  const std::string margin = terminal.unicode ? "    " : "       ";
  for (const mesh::CheckResult& result : report.results) {
    const bool finding = result.verdict == Verdict::warn || result.verdict == Verdict::fail;
    if (!all && !finding) continue;
    if (result.check->category != category) {
      category = result.check->category;
      out += term::paint(terminal, term::Style::bold, category) + '\n';
    }
    out += line_of(result, terminal) + '\n';
    if (!finding) continue;
    if (!result.hint.empty()) out += fmt::format("{}try: {}\n", margin, result.hint);
    out += term::paint(terminal, term::Style::dim,
                       fmt::format("{}{}{}", margin, result.check->id,
                                   result.ignored ? " (ignored)" : "")) +
           '\n';
  }
  return out;
}

std::string check_summary(const mesh::CheckReport& report) {
  const mesh::CheckCount count = report.count();
  std::string out =
      fmt::format("{} ok, {}, {}, {} skipped", count.ok, base::plural(count.warn, "warning"),
                  base::plural(count.fail, "failure"), count.skip);
  if (count.ignored > 0) out += fmt::format(", {} ignored", count.ignored);
  return out;
}

}  // namespace weft::cmd
