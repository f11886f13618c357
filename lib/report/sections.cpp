#include "lib/report/sections.h"

#include <algorithm>
#include <set>

#include "lib/base/axis.h"
#include "lib/base/format.h"
#include "lib/base/markup.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/report/distribution.h"
#include "lib/report/figure.h"
#include "lib/report/html.h"
#include "lib/report/setup.h"

namespace weft::report {
namespace {

std::string callout(std::string_view style, std::string_view word, std::string_view sentence,
                    const std::vector<std::string>& list) {
  auto out = fmt::format("<div class=\"callout {}\" role=\"note\"><p><strong>{}</strong> {}</p>",
                         style, word, base::escape_markup(sentence));
  if (!list.empty()) {
    out += "<ul>";
    for (const auto& each : list) out += "<li>" + base::escape_markup(each) + "</li>";
    out += "</ul>";
  }
  return out + "</div>\n";
}

std::string verdict(const smp::Run& run) {
  const auto& [state, reasons] = std::pair(run.generator.verdict, run.generator.reasons);
  switch (state) {
    case smp::Verdict::valid:
      return callout("good", "✓ Valid measurement.", "The load generator kept up with its plan.",
                     reasons);
    case smp::Verdict::suspect:
      return callout("warn", "▲ Suspect measurement.",
                     "The load generator may have influenced these figures:", reasons);
    case smp::Verdict::invalid:
      return callout("bad", "✕ Invalid measurement.",
                     "The load generator, not the target, decided these figures:", reasons);
    case smp::Verdict::unknown:
      break;
  }
  return reasons.empty() ? "" : callout("", "Load generator.", "It reports:", reasons);
}

// "4.56 ms" with a small unit.
std::string big(std::string_view value) {
  const auto space = value.find(' ');
  if (space == std::string_view::npos) return base::escape_markup(value);
  return fmt::format("{}<small>{}</small>", base::escape_markup(value.substr(0, space)),
                     base::escape_markup(value.substr(space + 1)));
}

std::string tile(std::string_view name, const std::optional<std::string>& value,
                 std::string_view foot) {
  if (!value) return {};
  return fmt::format("<div><dt>{}</dt><dd>{}</dd><dd class=\"foot\">{}</dd></div>\n",
                     base::escape_markup(name), big(*value), base::escape_markup(foot));
}

std::optional<std::string> in_ms(std::optional<double> ms) {
  return ms ? std::optional(milliseconds(*ms)) : std::nullopt;
}

std::string counted_row_table(std::string_view caption, std::string_view head,
                              std::string_view style,
                              const std::map<std::string, std::uint64_t>& counts) {
  constexpr double kLongest = 90;
  double all = 0;
  double most = 0;
  for (const auto& [name, count] : counts) {
    all += static_cast<double>(count);
    most = std::max(most, static_cast<double>(count));
  }
  if (!(all > 0)) return {};
  HtmlTable rows{
      std::string(caption), {{std::string(head)}, {"Count", true}, {"Share", true}, {""}}, {}};
  for (const auto& [name, count] : counts) {
    const auto value = static_cast<double>(count);
    rows.rows.push_back({{base::escape_markup(name)},
                         {base::format_count(count), true},
                         {percent(value / all), true},
                         {fmt::format("<span class=\"meter {}\" style=\"width:{:.0f}px\"></span>",
                                      style, kLongest * value / most)}});
  }
  return table(rows);
}

}  // namespace

std::string display_name(const smp::Run& run) {
  if (!run.name.empty()) return run.name;
  if (!run.setup.urls.empty()) return run.setup.urls.front();
  return run.id.empty() ? "unnamed run" : run.id;
}

std::string started(const smp::Run& run) {
  if (!run.started) return {};
  // Fractions of a second tell a reader nothing.
  auto text = base::format_rfc3339(*run.started).substr(0, 19);
  if (const auto t = text.find('T'); t != std::string::npos) text[t] = ' ';
  return text + " UTC";
}

std::string load_sentence(const smp::Run& run) {
  const auto& setup = run.setup;
  std::vector<std::string> parts;
  if (!setup.load_generator.empty() && setup.load_generator != "weft")
    parts.emplace_back(base::trim(setup.load_generator + " " + setup.load_generator_version));
  if (!setup.protocol.empty()) parts.push_back(setup.protocol);
  if (setup.loop != smp::Loop::unknown)
    parts.emplace_back(setup.loop == smp::Loop::open ? "open loop" : "closed loop");
  if (const auto asked = requested_rate(setup); !asked.empty()) parts.push_back(asked);
  if (!setup.arrival.empty()) parts.push_back(setup.arrival);
  if (setup.connections)
    parts.push_back(base::plural(static_cast<std::uint64_t>(*setup.connections), "connection"));
  if (setup.streams.value_or(1) > 1)
    parts.push_back(base::plural(static_cast<std::uint64_t>(*setup.streams), "stream") + " each");
  if (setup.duration) parts.push_back(base::format_duration(*setup.duration));
  return base::join(parts, " · ");
}

std::string heading(const smp::Run& run) {
  const auto date = started(run);
  std::string out =
      fmt::format("<header>\n<p class=\"over\">Performance run{}{}</p>\n<h1>{}</h1>\n",
                  date.empty() ? "" : " · ", date, base::escape_markup(display_name(run)));
  std::string target = run.setup.method;
  if (!run.setup.urls.empty() && display_name(run) != run.setup.urls.front())
    target += " " + run.setup.urls.front();
  if (run.setup.urls.size() > 1) target += fmt::format(" and {} more", run.setup.urls.size() - 1);
  const auto load = load_sentence(run);
  out += fmt::format(
      "<p class=\"sub\">{}{}{}</p>\n",
      target.empty() ? "" : "<code>" + base::escape_markup(base::trim(target)) + "</code>",
      target.empty() || load.empty() ? "" : " · ", base::escape_markup(load));
  if (!run.labels.empty()) {
    out += "<ul class=\"chips\" aria-label=\"labels\">";
    for (const auto& [name, value] : run.labels)
      out += fmt::format("<li>{} <b>{}</b></li>", base::escape_markup(name),
                         base::escape_markup(value));
    out += "</ul>\n";
  }
  return out + "</header>\n";
}

std::string trust(const smp::Run& run) {
  std::string out = verdict(run);
  auto doubts = run.warnings;
  if (run.interrupted) doubts.insert(doubts.begin(), "The run was interrupted before its end.");
  if (!doubts.empty()) out += callout("warn", "▲ Read with care.", "", doubts);
  return out;
}

std::string tiles(const smp::Run& run) {
  const auto& [setup, counts, latency] = std::tie(run.setup, run.counts, run.latency);
  const auto asked = requested_rate(setup);
  std::string out;
  if (run.actual_qps)
    out += tile("Throughput", rate(*run.actual_qps) + " req/s",
                asked.empty() || setup.unthrottled ? asked : "of " + asked + " asked for");
  out += tile("p50 latency", in_ms(latency.percentile_ms(50)),
              latency.mean_ms ? "mean " + milliseconds(*latency.mean_ms) : "");
  const auto tail = latency.percentile_ms(99.9);
  out += tile("p99 latency", in_ms(latency.percentile_ms(99)),
              tail ? "p99.9 " + milliseconds(*tail) : "");
  out += tile("Slowest", in_ms(latency.max_ms),
              latency.min_ms ? "fastest " + milliseconds(*latency.min_ms) : "");
  if (const auto ratio = counts.error_ratio())
    out += tile("Errors", percent(*ratio),
                counts.error_total() == 0 ? "none" : base::plural(counts.error_total(), "request"));
  if (counts.completed)
    out += tile("Requests", base::format_count(*counts.completed), "with an answer");
  return out.empty() ? "" : "<dl class=\"tiles\">\n" + out + "</dl>\n";
}

std::string percentile_table(const smp::Run& run) {
  struct Kind {
    const char* name;
    const smp::Distribution* distribution;
  };
  std::vector<Kind> kinds;
  for (const Kind& kind :
       {Kind{"Latency", &run.latency}, Kind{"From the real send", &run.service_time},
        Kind{"Send lag", &run.send_lag}})
    if (!kind.distribution->empty()) kinds.push_back(kind);
  if (kinds.empty()) return {};
  std::set<double> shown;
  if (has_counts(run.latency))
    for (const double p : {50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 99.999})
      if (p <= highest_percentile(run.latency)) shown.insert(p);
  for (const auto& [p, ms] : run.latency.percentiles_ms) shown.insert(p);

  HtmlTable rows{"Latency by percentile", {{""}}, {}};
  for (const auto& kind : kinds) rows.head.push_back({kind.name, true});
  const auto add = [&](const std::string& name, auto value) {
    std::vector<HtmlCell> row = {{name}};
    bool any = false;
    for (const auto& kind : kinds) {
      const auto ms = value(*kind.distribution);
      any = any || ms.has_value();
      row.push_back({ms ? base::escape_markup(milliseconds(*ms)) : "", true});
    }
    if (any) rows.rows.push_back(std::move(row));
  };
  add("min", [](const smp::Distribution& d) { return d.min_ms; });
  for (const double p : shown)
    add(fmt::format("p{:.6g}", p), [&](const smp::Distribution& d) { return d.percentile_ms(p); });
  add("max", [](const smp::Distribution& d) { return d.max_ms; });
  add("mean", [](const smp::Distribution& d) { return d.mean_ms; });
  add("std. dev.", [](const smp::Distribution& d) { return d.stddev_ms; });
  return table(rows);
}

std::string outcomes(const smp::Run& run) {
  auto out = counted_row_table("Errors by class", "Error class", "errors", run.counts.errors);
  if (out.empty() && run.counts.error_ratio()) out = note("No errors.");
  return out + counted_row_table("Answers by status", "Status", "", run.counts.statuses);
}

std::string setup_facts(const smp::Run& run) { return setup_of(run).html(); }

std::string environment_facts(const smp::Run& run) { return environment_of(run).html(); }

std::string generator_facts(const smp::Run& run) { return generator_of(run).html(); }

std::string resources_table(const smp::Run& run) {
  HtmlTable rows{
      "Resource use",
      {{"Part"}, {"CPU", true}, {"assigned", true}, {"Memory", true}, {"assigned", true}},
      {}};
  const auto cell = [](const std::optional<double>& value, std::string_view unit) {
    return HtmlCell{value ? fmt::format("{:.4g} {}", *value, unit) : "", true};
  };
  for (const auto& [part, usage] : run.resources)
    rows.rows.push_back({{base::escape_markup(part)},
                         cell(usage.cpu_mcores, "mCPU"),
                         cell(usage.cpu_mcores_assigned, "mCPU"),
                         cell(usage.mem_mb, "MB"),
                         cell(usage.mem_mb_assigned, "MB")});
  return rows.rows.empty() ? "" : table(rows);
}

}  // namespace weft::report
