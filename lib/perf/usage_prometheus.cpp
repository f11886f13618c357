#include "lib/perf/usage_prometheus.h"

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/kube/object.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using namespace std::chrono_literals;

constexpr double kMegabyte = 1e6;

// The answer for a moment, so that several are of the same scrape.
Result<double> ask(const UsageSource& source, const UsageReach& reach, base::WallTime moment,
                   const std::string& query) {
  std::string_view url = reach.prometheus;
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.empty())
    return Error{ExitCode::usage, fmt::format("{} needs the URL of Prometheus", source.text),
                 "--prometheus http://127.0.0.1:9090"};
  WEFT_TRY(done,
           reach.runner->run(
               {.argv = {"curl", "-fsSG", "--max-time", "10", "--data-urlencode", "query=" + query,
                         "--data-urlencode", "time=" + base::format_rfc3339(moment), "--",
                         fmt::format("{}/api/v1/query", url)},
                .deadline = 15s,
                .output_limit = 1u << 20}));
  if (done.exit_code != 0)
    return Error{ExitCode::tool, fmt::format("{} does not answer", reach.prometheus),
                 "check --prometheus; kubectl port-forward brings it here"}
        .because(std::string(base::trim(done.err)));
  WEFT_TRY(document, doc::read_json(doc::Source("the answer of Prometheus", std::move(done.out))));
  const auto results = kube::list_at(document.root, {"data", "result"});
  const auto value =
      results.empty() ? std::span<const doc::Value>() : kube::list_at(results.front(), {"value"});
  std::optional<double> number;
  if (value.size() == 2 && value[1].is_string())
    number = base::parse_double(std::string_view(value[1].string()));
  if (number) return *number;
  return Error{ExitCode::timeout,
               fmt::format("Prometheus knows nothing about the use of {}", source.text),
               "ask it for: " + query};
}

}  // namespace

Result<UsageReading> read_prometheus(const UsageSource& source, const UsageReach& reach) {
  const std::string which =
      fmt::format("namespace=\"{}\",pod=~\"{}\",container{}", source.ns, source.selector,
                  source.container.empty() ? "!=\"\"" : fmt::format("=\"{}\"", source.container));
  const std::string total = fmt::format("container_cpu_usage_seconds_total{{{}}}", which);
  const base::WallTime now = reach.clock.wall();
  WEFT_TRY(cpu, ask(source, reach, now, fmt::format("sum({})", total)));
  WEFT_TRY(at, ask(source, reach, now, fmt::format("max(timestamp({}))", total)));
  WEFT_TRY(memory, ask(source, reach, now,
                       fmt::format("sum(container_memory_working_set_bytes{{{}}})", which)));
  UsageReading reading{.at = now, .mem_mb = memory / kMegabyte};
  if (at > 0 && at < 9e9)
    reading.at = base::WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(at * 1000)));
  reading.cpu_seconds = cpu;
  return reading;
}

}  // namespace weft::perf
