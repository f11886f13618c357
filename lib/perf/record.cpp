#include "lib/perf/record.h"

#include <set>

#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/base/text.h"
#include "lib/base/version.h"
#include "lib/grpc/status.h"

namespace weft::perf {
namespace {

std::string arrivals_of(const load::Plan& plan) {
  if (!plan.trace.empty()) return "trace";
  std::string text(arrival_name(plan.arrival));
  if (plan.burst > 1) text += fmt::format(" in bursts of {}", plan.burst);
  if (!plan.pace.steady()) text += fmt::format(", {}", plan.pace.name());
  return text;
}

// "settled after 2.5s" of --warmup auto.
std::string warmup_rule_of(const load::Plan& plan, const load::Outcome& outcome) {
  if (!plan.until_settled) return "";
  return outcome.settled_after
             ? fmt::format("settled after {}", base::format_duration(*outcome.settled_after))
             : "not settled";
}

std::string renewal_of(const load::Renewal& renewal) {
  std::vector<std::string> parts;
  if (renewal.max_requests)
    parts.push_back(fmt::format("after {} requests", *renewal.max_requests));
  if (renewal.max_age) parts.push_back("after " + base::format_duration(*renewal.max_age));
  if (renewal.churn > 0) parts.push_back(fmt::format("{:g} % a second", renewal.churn * 100));
  return base::join(parts, ", ");
}

// Of several kinds those there are: "GET, POST".
std::string method_of(const load::Plan& plan) {
  if (plan.kinds.empty()) return plan.target.method;
  std::set<std::string> methods;
  for (const auto& kind : plan.kinds) methods.insert(kind.method);
  return base::join(std::vector<std::string>(methods.begin(), methods.end()), ", ");
}

smp::Part part_of(load::GroupFigures figures) {
  smp::Part part{.sent = figures.sent, .completed = figures.completed, .errors = figures.errors};
  for (std::size_t code = 0; code < figures.statuses.size(); ++code)
    if (figures.statuses[code] != 0)
      part.statuses[fmt::format("{}", code)] = figures.statuses[code];
  part.latency = smp::Distribution::of(std::move(figures.latency));
  return part;
}

bool is_echo(const load::Plan& plan) {
  return plan.protocol == load::Protocol::tcp || plan.protocol == load::Protocol::udp;
}

std::string protocol_of(const load::Plan& plan) {
  if (plan.grpc) return "grpc";
  switch (plan.protocol) {
    case load::Protocol::http1:
      return "http/1.1";
    case load::Protocol::http2:
      return "h2";
    case load::Protocol::tcp:
      return "tcp";
    case load::Protocol::udp:
      return "udp";
  }
  return "";
}

smp::Setup setup_of(const load::Plan& plan, const load::Outcome& outcome) {
  smp::Setup setup;
  setup.load_generator = "weft";
  setup.load_generator_version = base::build_info().version;
  setup.urls = {plan.target.url.text()};
  if (!is_echo(plan)) setup.method = method_of(plan);
  const bool http2 = plan.protocol == load::Protocol::http2;
  setup.protocol = protocol_of(plan);
  if (http2) setup.streams = plan.streams;
  if (plan.target.url.is_secure()) setup.tls = plan.target.tls.verify ? "verified" : "not verified";
  setup.connections = plan.connections;
  if (plan.qps && plan.keepalive && !http2) setup.max_connections = plan.max_connections;
  setup.threads = outcome.threads;
  setup.requested_qps = plan.qps;
  setup.unthrottled = !plan.qps;
  setup.duration = plan.duration;
  setup.requests = plan.requests;
  setup.warmup = outcome.warmup;
  setup.warmup_rule = warmup_rule_of(plan, outcome);
  setup.timeout = plan.timeout;
  setup.loop = plan.qps ? smp::Loop::open : smp::Loop::closed;
  setup.omission = plan.qps ? smp::Omission::corrected : smp::Omission::uncorrected;
  if (plan.qps) {
    setup.arrival = arrivals_of(plan);
    setup.seed = outcome.seed;
  }
  setup.keepalive = plan.keepalive;
  if (plan.kinds.empty()) setup.body_bytes = plan.target.body.size();
  if (plan.target.proxy) setup.proxy = plan.target.proxy->text();
  setup.renewal = renewal_of(plan.renewal);
  return setup;
}

std::string status_name(const load::Plan& plan, std::size_t code) {
  if (!plan.grpc) return fmt::format("{}", code);
  return std::string(grpc::status_name(static_cast<grpc::StatusCode>(code)));
}

smp::Counts counts_of(const load::Plan& plan, const load::Outcome& outcome) {
  smp::Counts counts;
  counts.planned = outcome.planned;
  counts.skipped = outcome.skipped;
  counts.completed = outcome.completed;
  for (std::size_t i = 0; i < load::kErrorClasses; ++i) {
    if (outcome.errors[i] == 0) continue;
    counts.errors[std::string(load::error_name(static_cast<load::ErrorClass>(i)))] =
        outcome.errors[i];
  }
  for (std::size_t code = 0; code < outcome.statuses.size(); ++code) {
    if (outcome.statuses[code] != 0 && !is_echo(plan))
      counts.statuses[status_name(plan, code)] = outcome.statuses[code];
  }
  for (std::uint32_t code = 0; code < outcome.resets.size(); ++code) {
    if (outcome.resets[code] != 0)
      counts.resets[std::string(net::http2_code_name(code))] = outcome.resets[code];
  }
  if (plan.protocol == load::Protocol::http2) counts.goaways = outcome.goaways;
  if (plan.grpc) {
    counts.messages_received = outcome.messages_received;
    counts.messages_sent = outcome.messages_sent;
  }
  counts.bytes_received = outcome.bytes_received;
  counts.bytes_sent = outcome.bytes_sent;
  if (plan.protocol != load::Protocol::udp) counts.retransmits = outcome.retransmits;
  return counts;
}

smp::Generator generator_of(const load::Outcome& outcome, const Circumstances& circumstances) {
  smp::Generator generator;
  generator.verdict = to_smp(outcome.verdict);
  generator.reasons = outcome.reasons;
  generator.cpu_seconds = outcome.cpu_seconds;
  generator.busy_percent = outcome.busy_percent;
  generator.cpu_wait_percent = outcome.cpu_wait_percent;
  generator.preempted = outcome.preempted;
  generator.missed_deadlines = outcome.missed_deadlines;
  generator.pacing_cv = outcome.pacing_cv;
  generator.max_rss_bytes = circumstances.peak_memory_bytes;
  return generator;
}

// Below it the two clocks may have been read at different moments.
constexpr base::Nanoseconds kNoticedStep = std::chrono::seconds(1);

std::optional<std::string> clock_warning(base::Nanoseconds step) {
  if (std::chrono::abs(step) < kNoticedStep) return std::nullopt;
  return fmt::format(
      "the clock of this machine was set {} by {} during the run: latencies do not "
      "depend on it, and the end is counted from the start",
      step.count() > 0 ? "forward" : "back", base::format_duration(std::chrono::abs(step)));
}

}  // namespace

smp::Verdict to_smp(load::Verdict verdict) {
  switch (verdict) {
    case load::Verdict::valid:
      return smp::Verdict::valid;
    case load::Verdict::suspect:
      return smp::Verdict::suspect;
    case load::Verdict::invalid:
      return smp::Verdict::invalid;
  }
  return smp::Verdict::unknown;
}

smp::Run record(const Spec& spec, const load::Plan& plan, load::Outcome outcome,
                const Circumstances& circumstances) {
  smp::Run run;
  run.id = base::new_id(outcome.started);
  run.name = spec.name;
  run.labels = spec.labels;
  run.origin.format = "weft";
  run.started = outcome.started;
  run.ended = outcome.ended;
  run.interrupted = outcome.interrupted;
  run.setup = setup_of(plan, outcome);
  run.counts = counts_of(plan, outcome);
  run.generator = generator_of(outcome, circumstances);
  run.environment.facts = circumstances.host;
  run.mesh = spec.mesh;
  run.test_id = spec.test_id.empty() ? run.id + "-test" : spec.test_id;
  run.env_id = run.id + "-env";
  if (!run.mesh.type.empty()) run.mesh_config_id = run.id + "-mesh";
  const double seconds = std::chrono::duration<double>(outcome.elapsed).count();
  if (seconds > 0) run.actual_qps = static_cast<double>(outcome.completed) / seconds;
  run.latency = smp::Distribution::of(std::move(outcome.latency));
  run.service_time = smp::Distribution::of(std::move(outcome.service_time));
  if (plan.qps) {
    run.send_lag = smp::Distribution::of(std::move(outcome.send_lag));
    run.generator_lag = smp::Distribution::of(std::move(outcome.generator_lag));
    run.pool_lag = smp::Distribution::of(std::move(outcome.pool_lag));
  }
  if (outcome.connect_time.count() > 0)
    run.connect_time = smp::Distribution::of(std::move(outcome.connect_time));
  if (outcome.handshake_time.count() > 0)
    run.handshake_time = smp::Distribution::of(std::move(outcome.handshake_time));
  if (auto warning = clock_warning(outcome.clock_step)) run.warnings.push_back(*std::move(warning));
  if (outcome.message_latency.count() > 0)
    run.message_latency = smp::Distribution::of(std::move(outcome.message_latency));
  run.intervals = std::move(outcome.intervals);
  for (load::GroupFigures& figures : outcome.groups) {
    const std::string name = figures.name;
    run.parts[name] = part_of(std::move(figures));
  }
  return run;
}

}  // namespace weft::perf
