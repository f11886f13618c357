#include "lib/perf/selftest.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/serve/service.h"

namespace weft::perf {
namespace {

constexpr double kPercentiles[] = {50, 90, 95, 99, 99.9};
constexpr double kFixedMs = 2;
constexpr double kFastMs = 1, kSlowMs = 50, kSlowPercent = 2;
constexpr double kBaseMs = 0.2;
constexpr int kStalls = 2;             // in a run
constexpr double kStalledShare = 0.1;  // of the time

base::Nanoseconds stall_period(base::Nanoseconds duration) { return duration / kStalls; }

struct Law {
  std::string_view name;
  std::string meaning;
  std::string faults;
  bool stalls;
  std::function<double(double)> truth_ms;
};

std::vector<Law> laws_of(const SelftestOptions& options) {
  const auto period = stall_period(options.duration);
  return {{"fixed", fmt::format("every answer takes {} ms", kFixedMs),
           fmt::format("delay={}ms", kFixedMs), false, fixed_truth_ms},
          {"bimodal",
           fmt::format("{} % of the answers take {} ms, the others {} ms", kSlowPercent, kSlowMs,
                       kFastMs),
           fmt::format("delay=p{}:{}ms,p{}:{}ms", 100 - kSlowPercent - 0.0001, kFastMs,
                       100 - kSlowPercent, kSlowMs),
           false, bimodal_truth_ms},
          {"stall",
           fmt::format("answers take {} ms, but every {} the server stops for a tenth of that",
                       kBaseMs, base::format_duration(period)),
           fmt::format("delay={}ms", kBaseMs), true,
           [&options](double p) { return stall_truth_ms(p, options.duration); }}};
}

load::Plan plan_for(const SelftestOptions& options, const serve::Service& service) {
  load::Plan plan;
  plan.target.url = {"http", "127.0.0.1", service.port(), "/"};
  plan.qps = options.qps;
  plan.duration = options.duration;
  plan.warmup = std::min<base::Nanoseconds>(options.duration / 5, std::chrono::seconds(1));
  plan.connections = options.connections;
  plan.max_connections = options.connections * 10;
  return plan;
}

}  // namespace

double fixed_truth_ms(double) { return kFixedMs; }

double bimodal_truth_ms(double percentile) {
  return percentile <= 100 - kSlowPercent ? kFastMs : kSlowMs;
}

// Who comes during the stall waits for what is left of it, which is uniform.
double stall_truth_ms(double percentile, base::Nanoseconds duration) {
  const double length_ms =
      std::chrono::duration<double, std::milli>(stall_period(duration)).count() * kStalledShare;
  const double into = percentile / 100 - (1 - kStalledShare);
  return kBaseMs + std::max(0.0, into) / kStalledShare * length_ms;
}

base::Result<std::vector<SelftestLaw>> run_selftest(
    const SelftestOptions& options, const std::function<void(const SelftestLaw&)>& on_law,
    const base::StopFlag& stop) {
  std::vector<SelftestLaw> done;
  for (const Law& law : laws_of(options)) {
    SelftestLaw result{std::string(law.name), law.meaning, {}, {}};
    if (on_law) on_law(result);
    serve::ServiceOptions service_options;
    service_options.host = "127.0.0.1";
    service_options.faults = law.faults;
    if (law.stalls) {
      service_options.stall_period = stall_period(options.duration);
      service_options.stall_length = service_options.stall_period / 10;
    }
    WEFT_TRY(service, serve::Service::start(service_options));
    WEFT_TRY(outcome, load::run(plan_for(options, *service), nullptr, stop));
    result.outcome = std::move(outcome);
    if (result.outcome.interrupted) break;
    for (const double percentile : kPercentiles)
      result.rows.push_back(
          {percentile, law.truth_ms(percentile),
           static_cast<double>(result.outcome.latency.percentile(percentile)) / 1e6});
    done.push_back(std::move(result));
  }
  return done;
}

}  // namespace weft::perf
