#include "cmd/perf/summary.h"

#include <vector>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/load/engine.h"
#include "lib/perf/overhead.h"
#include "lib/report/figure.h"
#include "lib/report/sections.h"
#include "lib/term/fit.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using term::Align;
using term::Style;
using term::Terminal;

std::string milliseconds(std::optional<double> ms) { return ms ? report::milliseconds(*ms) : "-"; }

std::string heading(const smp::Run& run, const Terminal& terminal) {
  const std::string name = term::printable(report::display_name(run), terminal);
  std::string target = run.setup.method;
  if (!run.setup.urls.empty()) target += ' ' + base::join(run.setup.urls, ", ");
  std::string out = term::paint(terminal, Style::bold, name);
  if (run.started) out += fmt::format("  {} UTC", format_when(run.started));
  if (run.interrupted) out += "  " + term::paint(terminal, Style::yellow, "interrupted");
  out += '\n';
  if (!target.empty()) out += term::printable(base::trim(target), terminal) + '\n';
  if (const auto load = report::load_sentence(run); !load.empty())
    out += term::printable(load, terminal) + '\n';
  return out;
}

// "9,998 answers, 999.8 per second, 2 errors (0.02%)"
std::string outcome(const smp::Run& run) {
  std::vector<std::string> parts;
  if (run.counts.completed) parts.push_back(base::format_count(*run.counts.completed) + " answers");
  if (run.actual_qps) parts.push_back(report::rate(*run.actual_qps) + " per second");
  const auto errors = run.counts.error_total();
  if (errors != 0 || run.counts.completed) {
    const auto ratio = run.counts.error_ratio();
    parts.push_back(errors == 0 ? "no errors"
                                : fmt::format("{} error{}{}", base::format_count(errors),
                                              errors == 1 ? "" : "s",
                                              ratio ? " (" + report::percent(*ratio) + ")" : ""));
  }
  return parts.empty() ? "" : base::join(parts, ", ") + "\n";
}

// Where the latency of an open loop begins.
std::string counted_from(const smp::Setup& setup) {
  if (setup.loop != smp::Loop::open) return {};
  return setup.omission == smp::Omission::uncorrected ? "from send" : "from plan";
}

std::string percentile_table(const smp::Run& run, const Terminal& terminal) {
  const bool both = !run.service_time.empty() && run.setup.loop == smp::Loop::open;
  term::Table table{{{"latency"}, {counted_from(run.setup), Align::right}}};
  if (both) table.columns.push_back({"from send", Align::right});
  const auto row = [&](std::string name, std::optional<double> planned,
                       std::optional<double> sent) {
    if (!planned && !sent) return;
    table.rows.push_back({{std::move(name)}, {milliseconds(planned)}});
    if (both) table.rows.back().push_back({milliseconds(sent)});
  };
  const auto& [latency, service] = std::tie(run.latency, run.service_time);
  row("min", latency.min_ms, service.min_ms);
  row("mean", latency.mean_ms, service.mean_ms);
  for (const double p : {50.0, 75.0, 90.0, 95.0, 99.0, 99.9})
    row(fmt::format("p{}", p), latency.percentile_ms(p), service.percentile_ms(p));
  row("max", latency.max_ms, service.max_ms);
  if (table.rows.empty()) return {};
  std::string out = '\n' + term::render(table, terminal);
  if (run.setup.loop == smp::Loop::closed)
    out += "latency here is service time: a closed loop waits for the server before it sends\n";
  return out;
}

// "tls  50 handshakes, 1.12 ms at p50, 3.4 ms at p99; certificate verified"
std::string handshakes(const smp::Run& run) {
  const auto& time = run.handshake_time;
  if (time.empty()) return {};
  const auto count = time.count.value_or(0);
  return fmt::format("\ntls  {} handshake{}, {} at p50, {} at p99; certificate {}\n",
                     base::format_count(count), count == 1 ? "" : "s",
                     milliseconds(time.percentile_ms(50)), milliseconds(time.percentile_ms(99)),
                     run.setup.tls);
}

// Each kind of request of a run with several.
std::string targets_table(const smp::Run& run, const Terminal& terminal) {
  if (run.parts.empty()) return {};
  term::Table table{{{"target"},
                     {"answers", Align::right},
                     {"errors", Align::right},
                     {"p50", Align::right},
                     {"p99", Align::right},
                     {"max", Align::right}}};
  for (const auto& [name, part] : run.parts)
    table.rows.push_back({{term::printable(name, terminal)},
                          {base::format_count(part.completed.value_or(0))},
                          {base::format_count(part.errors.value_or(0))},
                          {milliseconds(part.latency.percentile_ms(50))},
                          {milliseconds(part.latency.percentile_ms(99))},
                          {milliseconds(part.latency.max_ms)}});
  return '\n' + term::render(table, terminal);
}

// "messages  1,000 sent, 3,000 received, 1.2 ms each at p50, 3 ms at p99"
std::string messages(const smp::Run& run) {
  const auto& latency = run.message_latency;
  if (latency.empty()) return {};
  return fmt::format("\nmessages  {} sent, {} received, {} each at p50, {} at p99\n",
                     base::format_count(run.counts.messages_sent.value_or(0)),
                     base::format_count(run.counts.messages_received.value_or(0)),
                     milliseconds(latency.percentile_ms(50)),
                     milliseconds(latency.percentile_ms(99)));
}

// What --usage was asked about.
std::string use_table(const smp::Run& run, const Terminal& terminal) {
  term::Table table{{{"use of"},
                     {"cpu", Align::right},
                     {"of", Align::right},
                     {"per 1000 requests", Align::right},
                     {"memory", Align::right},
                     {"of", Align::right}}};
  const auto cell = [](const char* format, std::optional<double> value) {
    return term::Cell{value ? fmt::format(fmt::runtime(format), *value) : "-"};
  };
  for (const perf::PartCost& cost : perf::costs_of(run, true))
    table.rows.push_back({{term::printable(cost.part, terminal)},
                          cell("{:.1f} m", cost.usage.cpu_mcores),
                          cell("{:.0f} m", cost.usage.cpu_mcores_assigned),
                          cell("{:.3f} s", cost.cpu_s_per_1000),
                          cell("{:.1f} MB", cost.usage.mem_mb),
                          cell("{:.0f} MB", cost.usage.mem_mb_assigned)});
  return table.rows.empty() ? "" : '\n' + term::render(table, terminal);
}

std::string_view meaning_of(std::string_view name) {
  for (std::size_t i = 0; i < load::kErrorClasses; ++i) {
    const auto error = static_cast<load::ErrorClass>(i);
    if (load::error_name(error) == name) return load::error_meaning(error);
  }
  return {};
}

std::string errors(const smp::Run& run, const Terminal& terminal) {
  std::string out;
  if (run.counts.error_total() != 0) {
    term::Table table{{{"error"}, {"count", Align::right}, {"meaning"}}};
    for (const auto& [name, count] : run.counts.errors) {
      if (count != 0)
        table.rows.push_back(
            {{name, Style::red}, {base::format_count(count)}, {std::string(meaning_of(name))}});
    }
    out += '\n' + term::render(table, terminal);
  }
  std::vector<std::string> parts;
  for (const auto& [code, count] : run.counts.resets)
    parts.push_back(
        fmt::format("{}: {}", term::printable(code, terminal), base::format_count(count)));
  if (!parts.empty()) out += "\nresets  " + base::join(parts, ", ") + '\n';
  if (run.counts.goaways.value_or(0) > 0)
    out += fmt::format("\ngoaways  {}\n", base::format_count(*run.counts.goaways));
  if (run.counts.retransmits.value_or(0) > 0)
    out += fmt::format("\nretransmits  {}  TCP segments sent again: loss adds 200 ms and more\n",
                       base::format_count(*run.counts.retransmits));
  if (run.counts.statuses.empty()) return out;
  parts.clear();
  for (const auto& [status, count] : run.counts.statuses)
    parts.push_back(
        fmt::format("{}: {}", term::printable(status, terminal), base::format_count(count)));
  return out + "\nstatus  " + base::join(parts, ", ") + '\n';
}

// Where that is most of the lateness.
std::string waited_for_connections(const smp::Run& run) {
  const auto all = run.send_lag.percentile_ms(99), pool = run.pool_lag.percentile_ms(99);
  if (!all || !pool || *pool < *all / 2) return "";
  return fmt::format(", {} of it because no connection was free", report::milliseconds(*pool));
}

// "sends left 12 µs late at p99, none skipped; it used 34% of one CPU"
std::string generator_sentence(const smp::Run& run) {
  std::vector<std::string> parts;
  if (const auto lag = run.send_lag.percentile_ms(99))
    parts.push_back(fmt::format("sends left {} late at p99{}", report::milliseconds(*lag),
                                waited_for_connections(run)));
  if (run.setup.loop == smp::Loop::open && run.counts.skipped)
    parts.push_back(*run.counts.skipped == 0
                        ? "none skipped"
                        : base::format_count(*run.counts.skipped) + " skipped");
  if (run.generator.busy_percent)
    parts.push_back(
        fmt::format("its busiest thread used {:.0f}% of a CPU", *run.generator.busy_percent));
  return base::join(parts, ", ");
}

std::string verdict(const smp::Run& run, const Terminal& terminal) {
  const auto& generator = run.generator;
  std::string out;
  if (const auto sentence = generator_sentence(run); !sentence.empty())
    out += fmt::format("generator  {}\n", sentence);
  const auto say = [&](Style style, std::string_view word, std::string_view meaning) {
    out += fmt::format("verdict  {}: {}\n", term::paint(terminal, style, word), meaning);
  };
  if (generator.verdict == smp::Verdict::valid)
    say(Style::green, "valid", "the generator kept up with its plan");
  if (generator.verdict == smp::Verdict::suspect)
    say(Style::yellow, "suspect", "read these figures with care");
  if (generator.verdict == smp::Verdict::invalid)
    say(Style::red, "invalid", "these figures do not describe the target");
  for (const auto& reason : generator.reasons)
    out += fmt::format("  - {}\n", term::printable(reason, terminal));
  for (const auto& warning : run.warnings)
    out += fmt::format("note: {}\n", term::printable(warning, terminal));
  return out.empty() ? out : '\n' + out;
}

}  // namespace

std::string format_value(const stats::Metric& metric, double value) {
  switch (metric.row().quantity) {
    case stats::Quantity::time:
      return base::format_latency(value);
    case stats::Quantity::ratio:
      return report::percent(value);
    case stats::Quantity::rate:
      return report::rate(value);
  }
  return {};
}

std::string format_when(std::optional<base::WallTime> time) {
  if (!time) return "-";
  std::string text = base::format_rfc3339(*time).substr(0, 19);
  text[10] = ' ';
  return text;
}

std::string summary(const smp::Run& run, const Terminal& terminal) {
  return heading(run, terminal) + '\n' + outcome(run) + percentile_table(run, terminal) +
         targets_table(run, terminal) + handshakes(run) + messages(run) + errors(run, terminal) +
         use_table(run, terminal) + verdict(run, terminal);
}

std::string objectives_table(std::span<const perf::Judged> judged, const Terminal& terminal) {
  term::Table table{{{"objective"}, {"measured", Align::right}, {""}}};
  for (const auto& one : judged) {
    table.rows.push_back(
        {{one.term.text},
         {one.value ? format_value(one.term.metric, *one.value) : "not known"},
         one.met ? term::Cell{"met", Style::green} : term::Cell{"missed", Style::red}});
  }
  return judged.empty() ? "" : '\n' + term::render(table, terminal);
}

}  // namespace weft::cmd
