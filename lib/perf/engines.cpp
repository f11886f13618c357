#include "lib/perf/engines.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/perf/k6_script.h"

namespace weft::perf {
namespace {

using proc::Output;

const std::vector<Engine>& table() {
  static const std::vector<Engine> engines = {
      {.name = "fortio",
       .program = "fortio",
       .method = "every connection keeps a schedule of its own; latency counts from the send",
       .doubt = "fortio leaves out what waits behind a slow answer: with a server that stalls, p99 "
                "can be a hundredth of the truth; its median is up to a quarter too high",
       .format = "fortio",
       .output = Output::out,
       .arguments = {"load", "-json", "-", "-quiet", "-r", "0.00001", "-uniform",
                     "-allow-initial-errors"},
       .options = {{"--qps", {"-qps", "{}"}},
                   {"--qps max", {"-qps", "0"}},
                   {"--duration", {"-t", "{}"}, Form::seconds},
                   {"--requests", {"-n", "{}"}},
                   {"--connections", {"-c", "{}"}},
                   {"--arrival uniform", {}},
                   {"--method", {"-X", "{}"}},
                   {"--header", {"-H", "{}"}},
                   {"--body", {"-payload", "{}"}},
                   {"check of certificates", {}},
                   {"--insecure", {"-k"}},
                   {"--timeout", {"-timeout", "{}"}, Form::seconds},
                   {"--keepalive=false", {"-keepalive=false"}},
                   {"--unix-socket", {"-unix-socket", "{}"}},
                   {"--resolve", {"-resolve", "{}"}, Form::address}}},
      {.name = "wrk",
       .program = "wrk",
       .method = "every connection sends when its last answer is in; latency is the service time",
       .doubt = "wrk has no rates: a stall holds back the requests that would have shown it",
       .format = "wrk",
       .output = Output::out,
       .arguments = {"--latency"},
       .options = {{"--qps max", {}},
                   {"--duration", {"-d", "{}"}, Form::whole_seconds},
                   {"--connections", {"-c", "{}"}},
                   {"--threads", {"-t", "{}"}},
                   {"--header", {"-H", "{}"}},
                   {"--insecure", {}},
                   {"--timeout", {"--timeout", "{}"}, Form::bare_whole_seconds}}},
      {.name = "wrk2",
       .program = "wrk2",
       .method = "every connection keeps a schedule of its own; latency counts from the plan",
       .doubt = "wrk2 adds 0.8 to 1.6 ms at the median (its timer ticks in milliseconds), and "
                "requests queue for their connection while others are free: p95 can be ten times "
                "too high",
       .format = "wrk",
       .output = Output::out,
       .arguments = {"--latency"},
       .options = {{"--qps", {"-R", "{}"}, Form::whole},
                   {"--duration", {"-d", "{}"}, Form::whole_seconds},
                   {"--connections", {"-c", "{}"}},
                   {"--threads", {"-t", "{}"}},
                   {"--arrival uniform", {}},
                   {"--header", {"-H", "{}"}},
                   {"--insecure", {}},
                   {"--timeout", {"--timeout", "{}"}, Form::bare_whole_seconds}}},
      {.name = "nighthawk",
       .program = "nighthawk_client",
       .method = "every thread sends its share of the rate on free connections; latency counts "
                 "from the send",
       .doubt = "nighthawk skips what it cannot send in time and leaves out answers after 60 s",
       .format = "nighthawk",
       .output = Output::out,
       .arguments = {"--output-format", "json", "--open-loop", "--no-default-failure-predicates"},
       .options = {{"--qps", {"--rps", "{}"}, Form::whole_share_of_thread},
                   {"--duration", {"--duration", "{}"}, Form::bare_whole_seconds},
                   {"--connections", {"--connections", "{}"}, Form::whole_share_of_thread},
                   {"--threads", {"--concurrency", "{}"}},
                   {"--arrival uniform", {}},
                   {"--method", {"--request-method", "{}"}},
                   {"--header", {"--request-header", "{}"}},
                   {"--insecure", {}},
                   {"--timeout", {"--timeout", "{}"}, Form::bare_whole_seconds}}},
      {.name = "h2load",
       .program = "h2load",
       .method = "every connection sends its share of the rate; latency counts from the send",
       .doubt = "h2load leaves out what waits behind a slow answer, and its connections send at "
                "the same moments",
       .format = "h2load",
       .output = Output::err,
       .arguments = {"--h1", "--log-file=/dev/stderr"},
       .options = {{"--qps", {"--rps={}"}, Form::share_of_connection},
                   {"--qps max", {}},
                   {"--duration", {"-D", "{}"}, Form::whole_seconds},
                   {"--requests", {"-n", "{}"}},
                   {"--connections", {"-c", "{}"}},
                   {"--threads", {"-t", "{}"}},
                   {"--arrival uniform", {}},
                   {"--method", {"-H", ":method: {}"}},
                   {"--header", {"-H", "{}"}},
                   {"--insecure", {}},
                   {"--timeout", {"-N", "{}"}, Form::whole_seconds}}},
      {.name = "k6",
       .program = "k6",
       .method = "JavaScript users start at the rate; latency counts from the send",
       .doubt = "k6 drops what finds no free user instead of waiting, and its figures leave that "
                "out; it uses far more CPU per request than the others",
       .format = "k6",
       .output = Output::out,
       .arguments = {"run", "--quiet", "--no-usage-report", "-"},
       .options = {{"--qps", {}},
                   {"--qps max", {}},
                   {"--duration", {}},
                   {"--requests", {}},
                   {"--connections", {}},
                   {"--max-connections", {}},
                   {"--arrival uniform", {}},
                   {"--method", {}},
                   {"--header", {}},
                   {"--body", {}},
                   {"check of certificates", {}},
                   {"--insecure", {}},
                   {"--timeout", {}},
                   {"--keepalive=false", {}}},
       .script = k6_script}};
  return engines;
}

}  // namespace

std::span<const Engine> engines() { return table(); }

base::Result<const Engine*> find_engine(std::string_view name) {
  for (const Engine& engine : table())
    if (engine.name == name) return &engine;
  std::vector<std::string> names;
  for (const Engine& engine : table()) names.emplace_back(engine.name);
  return base::Error{base::ExitCode::usage, fmt::format("there is no engine '{}'", name),
                     fmt::format("{}weft's own needs no --engine; others: {}",
                                 base::did_you_mean(name, names), base::join(names, ", "))};
}

}  // namespace weft::perf
