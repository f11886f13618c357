#include "cmd/perf/live.h"

#include <algorithm>
#include <ostream>

#include "lib/base/format.h"
#include "lib/report/figure.h"
#include "lib/term/progress.h"

namespace weft::cmd {
namespace {

constexpr base::Nanoseconds kHeartbeat = std::chrono::seconds(30);
constexpr std::size_t kRecent = 24;  // sparkline values kept

std::string seconds(base::Nanoseconds time) {
  return fmt::format("{}s", std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

std::optional<double> fraction(const load::Plan& plan, const load::Progress& now) {
  if (now.elapsed.count() < 0) return std::nullopt;
  double part = -1;
  if (plan.duration)
    part = static_cast<double>(now.elapsed.count()) / static_cast<double>(plan.duration->count());
  if (plan.requests)
    part = std::max(part, static_cast<double>(now.completed + now.errors) /
                              static_cast<double>(*plan.requests));
  return part < 0 ? std::nullopt : std::optional(std::min(part, 1.0));
}

}  // namespace

Live::Live(Context& context, const load::Plan& plan, Heartbeat heartbeat)
    : context_(context), plan_(plan), heartbeat_(heartbeat) {
  if (context_.quiet || context_.err_term.tty || heartbeat == Heartbeat::none) return;
  const std::string rate = plan.qps ? report::rate(*plan.qps) + " req/s" : "as fast as possible";
  const std::string length = plan.duration ? base::format_duration(*plan.duration)
                                           : fmt::format("{} requests", *plan.requests);
  context_.err << fmt::format("measuring {} for {}, {}\n", plan.target.url.text(), length, rate);
  context_.err.flush();
}

std::string Live::head(const load::Progress& now) const {
  if (now.elapsed.count() < 0)
    return plan_.until_settled ? "warming up until the latency settles"
                               : "warming up " + seconds(-now.elapsed);
  if (plan_.duration) return seconds(now.elapsed) + " / " + base::format_duration(*plan_.duration);
  return seconds(now.elapsed);
}

void Live::update(const load::Progress& now) {
  if (context_.quiet) return;
  const bool tty = context_.err_term.tty;
  if (!tty && (heartbeat_ == Heartbeat::none || now.elapsed - told_ < kHeartbeat)) return;
  told_ = now.elapsed;
  term::Progress line{fraction(plan_, now), head(now)};
  if (now.elapsed.count() >= 0) {
    line.facts = {report::rate(now.recent_qps) + " req/s",
                  base::format_count(now.errors) + (now.errors == 1 ? " error" : " errors"),
                  "p50 " + base::format_latency(static_cast<double>(now.p50_ns)),
                  "p99 " + base::format_latency(static_cast<double>(now.p99_ns))};
    rates_.push_back(now.recent_qps);
    if (rates_.size() > kRecent) rates_.erase(rates_.begin());
    line.recent = rates_;
  }
  context_.err << term::progress_line(line, context_.err_term);
  context_.err.flush();
}

void Live::finish() {
  if (context_.quiet) return;
  context_.err << term::progress_end(context_.err_term);
  context_.err.flush();
}

}  // namespace weft::cmd
