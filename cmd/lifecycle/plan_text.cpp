#include "cmd/lifecycle/plan_text.h"

#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using lifecycle::Change;
using lifecycle::ChangeCount;
using lifecycle::PlannedStep;
using term::Style;

struct Sign {
  char sign;
  Style style;
};

Sign sign_of(kube::Action action) {
  switch (action) {
    case kube::Action::create:
      return {'+', Style::green};
    case kube::Action::remove:
      return {'-', Style::red};
    case kube::Action::replace:
      return {'!', Style::yellow};
    case kube::Action::update:
    case kube::Action::none:
      break;
  }
  return {'~', Style::blue};
}

std::string header(const lifecycle::Plan& plan) {
  std::string out = fmt::format("Plan: {} {}", plan.verb, plan.mesh);
  if (!plan.from.empty()) out += ' ' + plan.from;
  if (!plan.to.empty() && plan.to != plan.from)
    out += fmt::format("{} {}", plan.from.empty() ? "" : " ->", plan.to);
  if (!plan.mode.empty()) out += fmt::format(" ({})", plan.mode);
  if (!plan.context.empty()) out += ", context " + plan.context;
  if (!plan.server_version.empty()) out += ", server " + plan.server_version;
  if (!plan.helm_version.empty()) out += ", helm " + plan.helm_version;
  return out + '\n';
}

std::string counts_text(const ChangeCount& counts) {
  std::string out;
  const auto add = [&out](char sign, std::size_t number) {
    if (number != 0) out += fmt::format("{}{}{}", out.empty() ? "" : " ", sign, number);
  };
  add('+', counts.created), add('~', counts.updated);
  add('!', counts.replaced), add('-', counts.removed);
  return out;
}

std::string versions(const PlannedStep& step) {
  if (step.from_version.empty() || step.from_version == step.version) return step.version;
  return step.version.empty() ? step.from_version
                              : fmt::format("{} -> {}", step.from_version, step.version);
}

std::vector<term::Cell> row_of(std::size_t number, const PlannedStep& step) {
  const std::string crds = counts_text(lifecycle::count(step.crds));
  const std::string objects = counts_text(lifecycle::count(step.objects));
  return {{std::to_string(number)},
          {step.release},
          {std::string(name_of(step.action))},
          {versions(step)},
          {crds.empty() ? crds : "CRDs " + crds},
          {objects.empty() ? objects : "objects " + objects}};
}

std::string lines_of(const Change& change, Detail detail, const term::Terminal& terminal) {
  const Sign sign = sign_of(change.action);
  std::string out =
      fmt::format("      {} {}{}{}\n", term::paint(terminal, sign.style, std::string(1, sign.sign)),
                  change.ref.text(), change.caution.empty() ? "" : "  ",
                  term::paint(terminal, Style::yellow, change.caution));
  if (detail != Detail::diff) return out;
  for (const lifecycle::FieldChange& field : change.fields)
    out += fmt::format("          {}: {} -> {}\n", field.path,
                       field.before.empty() ? "(none)" : field.before,
                       field.after.empty() ? "(none)" : field.after);
  return out;
}

std::string details_of(const PlannedStep& step, Detail detail, const term::Terminal& terminal) {
  constexpr std::size_t kMostCautions = 10;  // of one step, below full detail
  std::string out;
  std::size_t shown = 0, left_out = 0;
  for (const auto* changes : {&step.crds, &step.objects})
    for (const Change& change : *changes) {
      if (detail == Detail::summary && change.caution.empty()) continue;
      if (detail == Detail::summary && shown++ >= kMostCautions)
        ++left_out;
      else
        out += lines_of(change, detail, terminal);
    }
  if (left_out != 0) out += fmt::format("      ... and {} more: --plan=full\n", left_out);
  for (const std::string& unknown : step.unknown) out += fmt::format("      ? {}\n", unknown);
  return out;
}

std::string footer(const lifecycle::Plan& plan, const term::Terminal& terminal) {
  std::size_t masked = 0;
  std::size_t removed = 0;
  for (const PlannedStep& step : plan.steps) {
    masked += step.masked;
    removed += lifecycle::count(step.crds).removed + lifecycle::count(step.objects).removed +
               lifecycle::count(step.objects).replaced;
  }
  std::string out;
  for (const std::string& warning : plan.warnings)
    out += fmt::format("{} {}\n", term::paint(terminal, Style::yellow, "warning:"), warning);
  if (masked != 0)
    out += fmt::format("{} differ{} at each rendering and {} not compared\n",
                       base::plural(masked, "field"), masked == 1 ? "s" : "",
                       masked == 1 ? "was" : "were");
  if (!plan.changes_anything()) return out + "Nothing changes.\n";
  return out + (removed == 0 ? "Nothing is deleted.\n"
                             : fmt::format("{} deleted.\n", base::plural(removed, "object") +
                                                                (removed == 1 ? " is" : " are")));
}

}  // namespace

std::string plan_text(const lifecycle::Plan& plan, Detail detail, const term::Terminal& terminal) {
  std::string out = header(plan);
  term::Table table{{{"", term::Align::right}, {""}, {""}, {""}, {""}, {""}}};
  table.indent = 2;
  table.headers = false;
  for (std::size_t i = 0; i < plan.steps.size(); ++i)
    table.rows.push_back(row_of(i + 1, plan.steps[i]));
  const std::string rendered = term::render(table, terminal);
  const auto rows = base::split(rendered, '\n');
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    out += fmt::format("{}\n", rows[i]);
    out += details_of(plan.steps[i], detail, terminal);
  }
  return out + footer(plan, terminal);
}

}  // namespace weft::cmd
