// The engine alone, without the command line: what it costs and how late it sends.
//   engine_bench URL [qps|max] [seconds] [connections] [threads] [uniform|poisson]
#include <cstdio>
#include <cstdlib>
#include <string>

#include "lib/load/engine.h"

using namespace weft;

int main(int argc, char** argv) {
  const auto argument = [&](int i, const char* fallback) {
    return std::string(i < argc ? argv[i] : fallback);
  };
  const auto url = net::parse_url(argument(1, ""));
  if (!url) return std::fprintf(stderr, "%s\n", url.error().message.c_str()), 2;
  load::Plan plan;
  plan.target.url = *url;
  if (argument(2, "max") != "max") plan.qps = std::atof(argv[2]);
  plan.duration = base::Nanoseconds(std::int64_t(std::atof(argument(3, "5").c_str()) * 1e9));
  plan.connections = unsigned(std::atoi(argument(4, "50").c_str()));
  plan.threads = unsigned(std::atoi(argument(5, "1").c_str()));
  if (argument(6, "uniform") == "uniform") plan.arrival = load::Arrival::uniform;
  const base::StopFlag stop;
  const auto result = load::run(plan, nullptr, stop);
  if (!result) return std::fprintf(stderr, "%s\n", result.error().message.c_str()), 1;
  const load::Outcome& o = *result;
  const auto line = [](const char* name, const stats::Histogram& h) {
    std::printf("%-14s n %-9lu p50 %-9.1f p95 %-9.1f p99 %-9.1f p999 %-9.1f max %.1f us\n", name,
                h.count(), double(h.percentile(50)) / 1e3, double(h.percentile(95)) / 1e3,
                double(h.percentile(99)) / 1e3, double(h.percentile(99.9)) / 1e3,
                double(h.max()) / 1e3);
  };
  line("latency", o.latency);
  line("service_time", o.service_time);
  line("send_lag", o.send_lag);
  line("generator_lag", o.generator_lag);
  line("connect_time", o.connect_time);
  std::printf("planned %lu sent %lu completed %lu skipped %lu retries %lu abandoned %lu\n",
              o.planned, o.sent, o.completed, o.skipped, o.retries, o.abandoned);
  for (std::size_t i = 0; i < load::kErrorClasses; ++i)
    if (o.errors[i] != 0)
      std::printf("error %s %lu\n", std::string(load::error_name(load::ErrorClass(i))).c_str(),
                  o.errors[i]);
  const double seconds = double(o.elapsed.count()) / 1e9;
  std::printf(
      "rate %.1f/s cpu %.3f us/request busy %.1f %% cpu wait %.1f %% missed %lu verdict %d %s\n",
      double(o.completed) / seconds, o.cpu_seconds * 1e6 / double(o.completed), o.busy_percent,
      o.cpu_wait_percent, o.missed_deadlines, int(o.verdict), o.first_error.c_str());
  for (const auto& reason : o.reasons) std::printf("- %s\n", reason.c_str());
}
