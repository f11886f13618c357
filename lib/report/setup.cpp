#include "lib/report/setup.h"

#include <algorithm>
#include <map>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/report/figure.h"

namespace weft::report {
namespace {

std::string_view name_of(smp::Loop loop) {
  switch (loop) {
    case smp::Loop::closed:
      return "closed: a connection sends when its answer is in";
    case smp::Loop::open:
      return "open: requests are sent on schedule";
    case smp::Loop::unknown:
      break;
  }
  return {};
}

std::string_view name_of(smp::Omission omission) {
  switch (omission) {
    case smp::Omission::corrected:
      return "corrected: latency counts from the planned time";
    case smp::Omission::uncorrected:
      return "not corrected: latency counts from the real send";
    case smp::Omission::unknown:
      break;
  }
  return {};
}

std::string number(std::int64_t value) { return fmt::format("{}", value); }
std::string count(std::uint64_t value) { return base::format_count(value); }
std::string size(std::uint64_t bytes) { return base::format_size(static_cast<double>(bytes)); }

// "after 12s, settled after 2.5s"
std::string warmup_end(const smp::Setup& setup) {
  const auto length = setup.warmup.value_or(base::Nanoseconds(0));
  return fmt::format("after {}, {}", base::format_duration(length), setup.warmup_rule);
}

}  // namespace

std::string requested_rate(const smp::Setup& setup) {
  if (setup.unthrottled) return "as fast as possible";
  return setup.requested_qps ? rate(*setup.requested_qps) + "/s" : "";
}

Facts setup_of(const smp::Run& run) {
  const auto& setup = run.setup;
  Facts facts;
  facts.add("Target", base::join(setup.urls, ", "));
  facts.add("Method", setup.method);
  facts.add("Protocol", setup.protocol);
  facts.add("Requested rate", requested_rate(setup));
  facts.add("Loop", name_of(setup.loop));
  facts.add("Arrivals", setup.arrival);
  facts.add("Connections", setup.connections, number);
  facts.add("Threads", setup.threads, number);
  facts.add("Keep-alive", setup.keepalive, [](bool on) { return on ? "yes" : "no"; });
  facts.add("Duration", setup.duration, base::format_duration);
  facts.add("Requests", setup.requests, count);
  if (setup.warmup_rule.empty()) {
    facts.add("Warm-up", setup.warmup, base::format_duration);
  } else {
    facts.add("Warm-up", "until the latency settles");
    facts.add("Warm-up ended", warmup_end(setup));
  }
  facts.add("Proxy", setup.proxy);
  facts.add("Connections replaced", setup.renewal);
  facts.add("Time-out", setup.timeout, base::format_duration);
  facts.add("Request body", setup.body_bytes, size);
  facts.add("Seed", setup.seed, [](std::uint64_t seed) { return fmt::format("{}", seed); });
  facts.add("Omission", name_of(setup.omission));
  return facts;
}

std::vector<std::string> differing_setup(std::span<const smp::Run> runs) {
  constexpr std::string_view kHarmless[] = {"Target", "Seed", "Requests", "Warm-up ended"};
  std::vector<std::string> names;
  std::map<std::string, std::string> seen;
  for (const auto& run : runs) {
    const auto facts = setup_of(run);
    for (const auto& [name, value] : facts.all()) {
      const bool differs = seen.emplace(name, value).first->second != value;
      if (differs && std::ranges::find(kHarmless, name) == std::end(kHarmless) &&
          std::ranges::find(names, name) == names.end())
        names.push_back(name);
    }
  }
  return names;
}

Facts environment_of(const smp::Run& run) {
  const auto& environment = run.environment;
  Facts facts;
  facts.add("Mesh", run.mesh.type.empty() ? "" : run.mesh.type + " " + run.mesh.version);
  facts.add("Kubernetes", environment.kubernetes_version);
  for (const auto& node : environment.nodes) {
    std::vector<std::string> parts;
    if (!node.type.empty()) parts.push_back(node.type);
    if (node.cores) parts.push_back(fmt::format("{} cores", *node.cores));
    if (node.mem_mb) parts.push_back(fmt::format("{} MB", *node.mem_mb));
    facts.add("Node", base::join(parts, ", "));
  }
  for (const auto& [name, value] : environment.facts) facts.add(name, value);
  return facts;
}

Facts generator_of(const smp::Run& run) {
  const auto& generator = run.generator;
  const auto lag = [](const smp::Distribution& of, double p) {
    const auto ms = of.percentile_ms(p);
    return ms ? milliseconds(*ms) : std::string();
  };
  Facts facts;
  facts.add("Program", run.setup.load_generator.empty()
                           ? ""
                           : run.setup.load_generator + " " + run.setup.load_generator_version);
  facts.add("Planned requests", run.counts.planned, count);
  facts.add("Never sent", run.counts.skipped, count);
  facts.add("Send lag p50", lag(run.send_lag, 50));
  facts.add("Send lag p99", lag(run.send_lag, 99));
  facts.add("Send lag max", lag(run.send_lag, 100));
  facts.add("Its own part, p99", lag(run.generator_lag, 99));
  facts.add("Missed deadlines", generator.missed_deadlines, count);
  facts.add("Variation of the gaps between sends", generator.pacing_cv,
            [](double cv) { return fmt::format("{:.2f} (even: 0, Poisson: 1)", cv); });
  facts.add("TCP segments sent again", run.counts.retransmits, count);
  facts.add("CPU time", generator.cpu_seconds,
            [](double seconds) { return fmt::format("{:.3g} s", seconds); });
  facts.add("Busiest thread", generator.busy_percent,
            [](double busy) { return fmt::format("{:.0f}% busy", busy); });
  facts.add("Memory", generator.max_rss_bytes, size);
  facts.add("Read from", run.origin.path);
  if (run.origin.format != "weft")
    facts.add("Format", run.origin.format +
                            (run.origin.dialect.empty() ? "" : " (" + run.origin.dialect + ")"));
  return facts;
}

}  // namespace weft::report
