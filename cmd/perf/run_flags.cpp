#include "cmd/perf/run_flags.h"

#include "cmd/perf/parsed_flag.h"
#include "cmd/perf/request_flags.h"
#include "lib/base/format.h"
#include "lib/perf/engines.h"

namespace weft::cmd {
namespace {

using perf::Spec;

base::Result<std::uint64_t> parse_seed(std::string_view text) {
  if (const auto seed = base::parse_uint(text)) return *seed;
  return base::Error{base::ExitCode::usage, "a seed is a whole number from 0 on", "--seed 42"};
}

constexpr const char* kLoad = "Load";

std::vector<cli::Flag> pace_flags(RunOptions& options) {
  Spec& spec = options.flags;
  return {
      parsed("--qps", spec.rate, perf::parse_rate,
             "requests per second, sent on schedule whatever the answers do: a number, a ramp "
             "100..1000, steps 100,200,400, stages 50@1m,500@10s, a wave sine:100..500/30s; "
             "max sends as fast as answers come")
          .takes("RATE|max")
          .in(kLoad)
          .defaults_to("max"),
      cli::flag("--trace", options.trace,
                "send at the times of this file, - is stdin: seconds from the start, one a line")
          .takes("FILE")
          .in(kLoad),
      cli::flag("--duration", spec.duration, "how long to measure")
          .as('d')
          .in(kLoad)
          .defaults_to("10s"),
      cli::flag("--requests", spec.requests, "end after this many requests").in(kLoad),
      parsed("--warmup", spec.warmup, perf::parse_warmup,
             "send this long before measuring; auto: until the latency has settled, at most 60s")
          .takes("DURATION|auto")
          .in(kLoad)
          .defaults_to("0s")};
}

std::vector<cli::Flag> connection_flags(Spec& spec) {
  return {
      cli::flag("--connections", spec.connections, "connections to the service")
          .as('c')
          .in(kLoad)
          .defaults_to("50"),
      cli::flag("--max-connections", spec.max_connections,
                "a rate opens up to so many while all others wait for answers")
          .in(kLoad)
          .defaults_to("10 times --connections"),
      cli::flag("--streams", spec.streams, "requests at once over one connection of HTTP/2")
          .in(kLoad)
          .defaults_to("1, 100 with a rate"),
      cli::flag("--threads", spec.threads, "threads that send")
          .in(kLoad)
          .defaults_to("usable CPUs but one"),
      parsed("--arrival", spec.arrival, perf::parse_arrival, "spacing of the requests of a rate")
          .one_of({"poisson", "uniform"})
          .in(kLoad)
          .defaults_to("poisson"),
      cli::flag("--burst", spec.burst, "requests that come at the same moment")
          .in(kLoad)
          .defaults_to("1"),
      parsed("--on-saturation", spec.on_saturation, perf::parse_saturation,
             "a request that finds no connection free waits, or is skipped, or ends the run, which "
             "is invalid then")
          .one_of({"queue", "drop", "fail"})
          .in(kLoad)
          .defaults_to("queue"),
      parsed("--seed", spec.seed, parse_seed, "repeat the arrivals of an earlier run")
          .takes("N")
          .in(kLoad)};
}

std::vector<cli::Flag> result_flags(RunOptions& options) {
  constexpr const char* kGroup = "Result";
  return {cli::flag("--name", options.flags.name, "name of the run, to find it by").in(kGroup),
          repeated("--label", options.flags.labels, perf::parse_label, "label of the run")
              .takes("KEY=VALUE")
              .in(kGroup),
          cli::flag("--slo", options.slo,
                    "objectives, as in 'p99<10ms,error<0.1%,qps>=990'; exit 1 when one is missed")
              .takes("OBJECTIVES")
              .in(kGroup),
          cli::flag("--out", options.out, "also write the run document to this file")
              .takes("FILE")
              .in(kGroup),
          cli::flag("--interval-log", options.interval_log,
                    "also write an HdrHistogram interval log to this file")
              .takes("FILE")
              .in(kGroup),
          cli::flag("--save", options.save, "keep the result").in(kGroup)};
}

// Settings reach the defaults through flags of their own, so that a profile comes in between.
std::vector<cli::Flag> config_flags(Spec& defaults) {
  return {parsed("--default-qps", defaults.rate, perf::parse_rate, "requests per second")
              .takes("N|max")
              .defaults_to("max")
              .from_config("perf.qps")
              .hide(),
          cli::flag("--default-duration", defaults.duration, "how long to measure")
              .defaults_to("10s")
              .from_config("perf.duration")
              .hide(),
          cli::flag("--default-connections", defaults.connections, "connections to the service")
              .defaults_to("50")
              .from_config("perf.connections")
              .hide()};
}

cli::Flag profile_flag(RunOptions& options) {
  return cli::flag("--profile", options.profile,
                   "SMP performance profile that says what to measure")
      .takes("FILE");
}

cli::Flag serve_flag(RunOptions& options) {
  return cli::flag("--serve", options.serve, "start the sample service in here and measure that");
}

cli::Flag engine_flag(RunOptions& options) {
  std::vector<std::string> names;
  for (const perf::Engine& engine : perf::engines()) names.emplace_back(engine.name);
  return cli::flag("--engine", options.engine,
                   "measure with a load generator of others, see weft perf engines")
      .one_of(std::move(names))
      .defaults_to("weft's own");
}

std::vector<cli::Flag> join(std::vector<std::vector<cli::Flag>> groups) {
  std::vector<cli::Flag> flags;
  for (auto& group : groups) flags.insert(flags.end(), group.begin(), group.end());
  return flags;
}

// Keeps what is given, so that workers can be told the same.
std::vector<cli::Flag> remembered(std::vector<cli::Flag> flags, RunOptions& options) {
  for (cli::Flag& flag : flags)
    flag.set = [&options, name = flag.name, file = flag.value_name.ends_with("FILE"),
                set = std::move(flag.set)](std::string_view text) -> base::Result<void> {
      WEFT_CHECK(set(text));
      options.given.push_back({name, std::string(text), file});
      return {};
    };
  return flags;
}

}  // namespace

std::vector<cli::Flag> noted(std::vector<cli::Flag> flags, RunOptions& options) {
  for (cli::Flag& flag : flags) {
    if (!flag.config_key.empty()) continue;
    flag.set = [&options, name = flag.name, set = std::move(flag.set)](std::string_view text) {
      options.seen.insert(name);
      return set(text);
    };
  }
  return flags;
}

std::vector<cli::Flag> run_flags(RunOptions& options) {
  auto flags =
      join({remembered({profile_flag(options)}, options),
            {serve_flag(options), engine_flag(options),
             cli::flag("--processes", options.processes,
                       "share the load among so many processes of this machine, that start at "
                       "the same moment; their results become one"),
             cli::flag("--worker-results", options.worker_results,
                       "also write the result of each process or pod into this folder")
                 .takes("FOLDER")},
            remembered(join({pace_flags(options), connection_flags(options.flags),
                             request_flags(options), grpc_flags(options), tls_flags(options)}),
                       options),
            usage_flags(options),
            pod_flags(options.pods),
            result_flags(options),
            remembered(config_flags(options.defaults), options)});
  return noted(std::move(flags), options);
}

std::vector<cli::Flag> shared_load_flags(RunOptions& options) {
  return join({{serve_flag(options)},
               remembered(join({{profile_flag(options)},
                                pace_flags(options),
                                connection_flags(options.flags),
                                request_flags(options),
                                grpc_flags(options),
                                tls_flags(options)}),
                          options),
               usage_flags(options),
               pod_flags(options.pods)});
}

std::vector<cli::Flag> load_flags(RunOptions& options) {
  return join({{profile_flag(options), serve_flag(options)},
               pace_flags(options),
               connection_flags(options.flags),
               request_flags(options),
               grpc_flags(options),
               tls_flags(options)});
}

std::vector<cli::Flag> target_flags(RunOptions& options) {
  return join({{profile_flag(options), serve_flag(options)},
               connection_flags(options.flags),
               request_flags(options),
               grpc_flags(options),
               tls_flags(options)});
}

std::vector<cli::Flag> usage_flags(RunOptions& options) {
  constexpr const char* kGroup = "Resource use";
  return {repeated("--usage", options.usage, perf::parse_usage,
                   "where to read CPU and memory of a part (dp, cp, app): pid:N, cgroup:PATH, "
                   "pods:NAMESPACE/SELECTOR[/CONTAINER], kubelet: likewise, or "
                   "prometheus:NAMESPACE/POD-REGEX[/CONTAINER]")
              .takes("PART=SOURCE")
              .in(kGroup),
          cli::flag("--prometheus", options.prometheus, "URL of Prometheus, for such sources")
              .takes("URL")
              .in(kGroup)};
}

}  // namespace weft::cmd
