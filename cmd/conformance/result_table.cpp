#include "cmd/conformance/result_table.h"

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using conform::Verdict;
using term::Style;

Style style_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return Style::green;
    case Verdict::fail:
      return Style::red;
    case Verdict::error:
    case Verdict::inconclusive:
      return Style::yellow;
    case Verdict::skip:
      return Style::dim;
  }
  return Style::plain;
}

std::string percent(std::uint64_t ppm) {
  return fmt::format("{}.{}", ppm / 10'000, ppm / 1'000 % 10);
}

// "app-b 74.8 % [69.4,79.7] want 75.0±10.0"
std::string share_text(const conform::Share& share, std::uint64_t requests) {
  const std::uint64_t ppm = requests == 0 ? 0 : share.hits * 1'000'000 / requests;
  return fmt::format("{} {} % [{},{}] want {}±{}", share.backend, percent(ppm),
                     percent(share.low_ppm), percent(share.high_ppm), percent(share.wanted_ppm),
                     percent(share.margin_ppm));
}

// The step that decided: the last one that is not a pass, else the last one with something to say.
std::string observed(const conform::Test& test) {
  if (test.verdict != Verdict::pass && !test.reason.empty()) return test.reason;
  const conform::Observation* shown = nullptr;
  for (const auto& step : test.observations)
    if (!step.observed.empty() || !step.shares.empty()) shown = &step;
  if (shown == nullptr) return "-";
  if (shown->shares.empty())
    return shown->expected.empty() ? shown->observed
                                   : shown->observed + ", want " + shown->expected;
  std::vector<std::string> shares;
  for (const auto& share : shown->shares) shares.push_back(share_text(share, shown->requests));
  return base::join(shares, ", ");
}

std::string milliseconds(std::uint64_t ms) {
  return ms == 0 ? "0 ms" : base::format_latency(static_cast<double>(ms) * 1e6);
}

std::string tests_table(const conform::Suite& suite, const term::Terminal& terminal) {
  term::Table table{{{"id"},
                     {"capability"},
                     {"verdict"},
                     {"observed"},
                     {"time", term::Align::right},
                     {"live after", term::Align::right}}};
  table.indent = 2;
  for (const auto& test : suite.tests)
    table.rows.push_back({{test.id},
                          {test.capability.empty() ? "-" : test.capability},
                          {std::string(name_of(test.verdict)), style_of(test.verdict)},
                          {observed(test)},
                          {test.duration_ms > 0 ? milliseconds(test.duration_ms) : "-"},
                          {test.propagation_ms ? milliseconds(*test.propagation_ms) : "-"}});
  return suite.tests.empty() ? "" : term::render(table, terminal);
}

std::string counts_text(std::string_view level, const conform::Counts& counts) {
  if (counts.total() == 0) return {};
  std::string text = fmt::format(", {} {}/{}", level, counts.passed, counts.total());
  if (counts.skipped > 0) text += fmt::format(" ({} skipped)", counts.skipped);
  return text;
}

}  // namespace

std::string result_table(const conform::Run& run, const term::Terminal& terminal) {
  std::string out =
      fmt::format("{}{}{}: {}  ({})\n", run.mesh.name, run.mesh.version.empty() ? "" : " ",
                  run.mesh.version, name_of(verdict_of(run)), run.id);
  for (const auto& suite : run.suites) {
    out += fmt::format("\n{} {}: {}, {}{}{}\n", suite.name, suite.standard_version,
                       name_of(suite.verdict), name_of(suite.capability),
                       counts_text("core", suite.core),
                       suite.extended ? counts_text("extended", *suite.extended) : "");
    if (!suite.reason.empty()) out += fmt::format("  {}\n", suite.reason);
    out += tests_table(suite, terminal);
  }
  for (const auto& deviation : run.deviations) out += fmt::format("\nnote: {}\n", deviation);
  if (run.cleanup && !run.cleanup->complete)
    out += fmt::format("\nleft behind: {}\n", base::join(run.cleanup->leftovers, ", "));
  return out;
}

}  // namespace weft::cmd
