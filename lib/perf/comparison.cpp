#include "lib/perf/comparison.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/perf/objectives.h"

namespace weft::perf {
namespace {

std::string text_of(const std::optional<std::int64_t>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

std::string rate_of(const smp::Setup& setup) {
  if (setup.unthrottled) return "as fast as possible";
  return setup.requested_qps ? fmt::format("{} req/s", *setup.requested_qps) : std::string();
}

std::string loop_of(const smp::Setup& setup) {
  if (setup.loop == smp::Loop::unknown) return {};
  return setup.loop == smp::Loop::open ? "open loop" : "closed loop";
}

std::string omission_of(const smp::Setup& setup) {
  if (setup.omission == smp::Omission::unknown) return {};
  return setup.omission == smp::Omission::corrected ? "corrected" : "not corrected";
}

std::string keepalive_of(const smp::Setup& setup) {
  return setup.keepalive ? std::string(*setup.keepalive ? "on" : "off") : std::string();
}

std::string size_of(const smp::Setup& setup) {
  return setup.body_bytes ? fmt::format("{} bytes", *setup.body_bytes) : std::string();
}

std::string duration_of(const smp::Setup& setup) {
  return setup.duration ? base::format_duration(*setup.duration) : std::string();
}

// What must be equal for two runs to measure the same thing, "" where a run does not tell.
struct Aspect {
  std::string_view name;
  std::string (*of)(const smp::Setup&);
};
constexpr Aspect kAspects[] = {
    {"requested rate", rate_of},
    {"loop", loop_of},
    {"coordinated omission", omission_of},
    {"protocol", [](const smp::Setup& setup) { return setup.protocol; }},
    {"method", [](const smp::Setup& setup) { return setup.method; }},
    {"connections", [](const smp::Setup& setup) { return text_of(setup.connections); }},
    {"max_connections", [](const smp::Setup& setup) { return text_of(setup.max_connections); }},
    {"keep-alive", keepalive_of},
    {"request body", size_of},
    {"arrivals", [](const smp::Setup& setup) { return setup.arrival; }},
    {"duration", duration_of},
    {"load generator", [](const smp::Setup& setup) { return setup.load_generator; }},
};

void add_trust(std::vector<std::string>& caveats, const smp::Run& run, std::string_view which) {
  if (run.generator.verdict == smp::Verdict::invalid)
    caveats.push_back(
        fmt::format("the {} run is invalid: {}", which, base::join(run.generator.reasons, "; ")));
  if (run.generator.verdict == smp::Verdict::suspect)
    caveats.push_back(
        fmt::format("the {} run is suspect: {}", which, base::join(run.generator.reasons, "; ")));
  if (run.interrupted) caveats.push_back(fmt::format("the {} run was interrupted", which));
}

stats::Side side_of(const smp::Run& run) {
  return {run.intervals, [&run](const stats::Metric& metric) { return measured(metric, run); }};
}

doc::Value to_json(const stats::Range& range) {
  doc::Value value = doc::Value::list();
  value.push(range.low).push(range.high);
  return value;
}

doc::Value to_json(const stats::Difference& difference) {
  doc::Value value;
  // Times in microseconds, as everywhere in our documents.
  const bool time = difference.metric.row().quantity == stats::Quantity::time;
  const double scale = time ? 1e-3 : 1;
  const std::string unit = time ? "_us" : "";
  value.set("metric", difference.metric.name());
  const auto set = [&](const std::string& key, const std::optional<double>& number, double by) {
    if (number) value.set(key, *number * by);
  };
  set("a" + unit, difference.a, scale);
  set("b" + unit, difference.b, scale);
  set("absolute" + unit, difference.absolute, scale);
  set("relative", difference.relative, 1);
  if (const auto& range = difference.absolute_95)
    value.set("absolute_95" + unit, to_json({range->low * scale, range->high * scale}));
  if (difference.relative_95) value.set("relative_95", to_json(*difference.relative_95));
  set("p_value", difference.p_value, 1);
  value.set("verdict", stats::verdict_name(difference.verdict));
  if (!difference.reason.empty()) value.set("reason", difference.reason);
  return value;
}

doc::Value to_json(const Contrast& contrast, const smp::Run& run) {
  doc::Value differences = doc::Value::list(), sentences = doc::Value::list();
  for (const auto& difference : contrast.figures.differences) differences.push(to_json(difference));
  for (const auto& caveat : contrast.caveats) sentences.push(caveat);
  doc::Value value;
  if (!run.id.empty()) value.set("id", run.id);
  value.set("caveats", std::move(sentences))
      .set("block_seconds", contrast.figures.block_seconds)
      .set("differences", std::move(differences));
  if (contrast.changes.empty()) return value;
  doc::Value changes = doc::Value::list();
  for (const auto& change : contrast.changes) {
    doc::Value one;
    one.set("term", change.term.text).set("happened", change.happened).set("reason", change.reason);
    changes.push(std::move(one));
  }
  return std::move(value.set("fail_on", std::move(changes)));
}

}  // namespace

std::vector<std::string> caveats(const smp::Run& first, const smp::Run& other) {
  std::vector<std::string> sentences;
  add_trust(sentences, first, "first");
  add_trust(sentences, other, "other");
  for (const auto& aspect : kAspects) {
    const std::string a = aspect.of(first.setup), b = aspect.of(other.setup);
    if (!a.empty() && !b.empty() && a != b)
      sentences.push_back(fmt::format("{} differs: {} against {}", aspect.name, a, b));
  }
  return sentences;
}

RunComparison compare_runs(std::span<const smp::Run> runs, std::span<const stats::Term> fail_on) {
  RunComparison comparison;
  comparison.invalid = std::ranges::any_of(
      runs, [](const smp::Run& run) { return run.generator.verdict == smp::Verdict::invalid; });
  if (runs.empty()) return comparison;
  stats::CompareOptions options;
  options.metrics = stats::metrics_for(fail_on);
  const stats::Side first = side_of(runs.front());
  for (const smp::Run& run : runs.subspan(1)) {
    Contrast contrast;
    contrast.figures = stats::compare(first, side_of(run), options);
    contrast.caveats = caveats(runs.front(), run);
    contrast.changes = stats::evaluate(fail_on, contrast.figures);
    comparison.failed = comparison.failed ||
                        std::ranges::any_of(contrast.changes, [](const stats::ChangeOutcome& one) {
                          return one.happened;
                        });
    comparison.others.push_back(std::move(contrast));
  }
  return comparison;
}

doc::Value comparison_to_json(std::span<const smp::Run> runs, const RunComparison& comparison) {
  doc::Value sides = doc::Value::list(), others = doc::Value::list();
  for (const smp::Run& run : runs) {
    doc::Value side;
    if (!run.id.empty()) side.set("id", run.id);
    if (!run.name.empty()) side.set("name", run.name);
    if (run.started) side.set("started", base::format_rfc3339(*run.started));
    sides.push(std::move(side));
  }
  for (std::size_t i = 0; i < comparison.others.size(); ++i)
    others.push(to_json(comparison.others[i], runs[i + 1]));
  doc::Value document;
  document.set("schema", "weft.perf-comparison/v1")
      .set("runs", std::move(sides))
      .set("against_first", std::move(others))
      .set("failed", comparison.failed);
  return document;
}

}  // namespace weft::perf
