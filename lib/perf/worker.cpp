#include "lib/perf/worker.h"

#include <thread>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/load/schedule.h"
#include "lib/perf/crew.h"
#include "lib/perf/host.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using namespace std::chrono_literals;

constexpr std::string_view kStart = "start ";
constexpr base::Nanoseconds kLook = 20ms;  // at the orders
constexpr base::Nanoseconds kBeat = 1s;    // between two messages

struct Orders {
  std::optional<base::WallTime> start;
  bool stop = false;
};

Orders read_orders(const std::string& path) {
  Orders orders;
  const std::string text = base::read_file(path, 4096).value_or({});
  const std::string_view word = base::trim(text);
  orders.stop = word == kStopOrder;
  if (!word.starts_with(kStart)) return orders;
  if (const auto ns = base::parse_uint(word.substr(kStart.size())))
    orders.start = base::WallTime(base::Nanoseconds(static_cast<std::int64_t>(*ns)));
  return orders;
}

Error stopped() { return {ExitCode::interrupted, "the worker was stopped before it began"}; }

// Says that it is ready, again and again: whoever reads knows our clock, and we notice that nobody
// reads any more.
Result<base::WallTime> await_start(const Work& work, const Tell& tell) {
  const base::MonoTime begin = work.clock.monotonic();
  base::MonoTime beat = begin;
  for (;;) {
    const base::MonoTime now = work.clock.monotonic();
    const Orders orders = read_orders(work.orders);
    if (orders.stop || work.stop.requested()) return stopped();
    if (orders.start) return *orders.start;
    if (now - begin > work.patience)
      return Error{
          ExitCode::timeout,
          fmt::format("nobody said when to start within {}", base::format_duration(work.patience)),
          "start it through weft perf run"};
    if (now >= beat) {
      tell(write_frame(ready_message(work.plan.part.index, work.clock.wall())));
      beat = now + kBeat;
    }
    std::this_thread::sleep_for(kLook);
  }
}

Result<void> sleep_until(const Work& work, base::WallTime at) {
  for (auto left = at - work.clock.wall(); left > 0ns; left = at - work.clock.wall()) {
    if (work.stop.requested() || read_orders(work.orders).stop) return stopped();
    std::this_thread::sleep_for(std::min<base::Nanoseconds>(left, kLook));
  }
  return {};
}

Result<smp::Run> measure(const Work& work, const Tell& tell) {
  WEFT_TRY(at, await_start(work, tell));
  WEFT_CHECK(sleep_until(work, at));
  base::StopFlag stop;
  base::MonoTime beat = work.clock.monotonic();
  const auto watch = [&](const load::Progress& now) {
    if (work.stop.requested() || read_orders(work.orders).stop) stop.request();
    if (work.clock.monotonic() < beat) return;
    beat = work.clock.monotonic() + kBeat;
    tell(write_frame(progress_message(work.plan.part.index, now)));
  };
  WEFT_TRY(outcome, load::run(work.plan, watch, stop));
  smp::Run run = record(work.spec, work.plan, std::move(outcome), {work.host, peak_memory_bytes()});
  const load::Part& part = work.plan.part;
  if (run.setup.requested_qps) *run.setup.requested_qps /= part.count;
  if (run.setup.requests)
    run.setup.requests = load::share_of(*run.setup.requests, part.index, part.count);
  return run;
}

}  // namespace

Result<void> work(const Work& work, const Tell& tell) {
  auto run = measure(work, tell);
  const unsigned index = work.plan.part.index;
  tell(write_frame(run.ok() ? result_message(index, *run) : failed_message(index, run.error())));
  if (!run.ok()) return std::move(run).error();
  return {};
}

std::string start_order(base::WallTime at) {
  return fmt::format("{}{}", kStart, at.time_since_epoch().count());
}

Result<load::Part> parse_part(std::string_view text) {
  const auto slash = text.find('/');
  const auto number = base::parse_uint(text.substr(0, slash));
  const auto count =
      slash == std::string_view::npos ? std::nullopt : base::parse_uint(text.substr(slash + 1));
  if (!number || !count || *number >= *count || *count > 100'000)
    return Error{ExitCode::usage, fmt::format("'{}' is no part", text), "0/4 is the first of four"};
  return load::Part{static_cast<unsigned>(*number), static_cast<unsigned>(*count)};
}

}  // namespace weft::perf
