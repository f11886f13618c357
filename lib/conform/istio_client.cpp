#include "lib/conform/istio_client.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "lib/base/clock.h"
#include "lib/base/format.h"
#include "lib/conform/istio_request.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::uint64_t kAtOnce = 20;
constexpr auto kNap = std::chrono::milliseconds(50);  // between looks at the stop flag

class Forwarder {
 public:
  Forwarder(const IstioCall& call, IstioRequest request, const base::StopFlag& stop)
      : call_(call), request_(std::move(request)), stop_(stop), outputs_(call.count) {}

  Result<std::vector<std::string>> run() {
    deadline_ = base::system_clock().monotonic() + call_.timeout;
    const bool shares = request_.shares_connections() && !call_.new_connections;
    std::vector<std::thread> others;
    for (std::uint64_t i = 1; !shares && i < std::min(kAtOnce, call_.count); ++i)
      others.emplace_back([this] { work(false); });
    work(shares);
    for (std::thread& other : others) other.join();
    if (stop_.requested()) return Error{ExitCode::no, "the requests were cut off"};
    if (failed_ == 0) return std::move(outputs_);
    return Error{ExitCode::no, fmt::format("{}/{} requests had errors; first error: {}", failed_,
                                           call_.count, first_error_)};
  }

 private:
  void work(bool keep) {
    Client client(keep);
    for (std::uint64_t n = next_++; n < call_.count && !stop_.requested(); n = next_++) {
      if (call_.qps > 0) await_turn(n);
      const auto timeout = std::max<base::Nanoseconds>(left(), std::chrono::milliseconds(1));
      const std::uint64_t active = ++active_;
      IstioOutput output = request_.make(client, n, timeout, active);
      --active_;
      const std::lock_guard lock(mutex_);
      outputs_[n] = std::move(output.lines);
      if (!output.problem.empty() && failed_++ == 0) first_error_ = std::move(output.problem);
    }
  }

  void await_turn(std::uint64_t n) const {
    const base::Nanoseconds due = std::chrono::nanoseconds(1'000'000'000 / call_.qps) * n;
    while (!stop_.requested()) {
      const base::Nanoseconds wait = std::min(due - (call_.timeout - left()), left());
      if (wait.count() <= 0) return;
      std::this_thread::sleep_for(std::min<base::Nanoseconds>(wait, kNap));
    }
  }

  base::Nanoseconds left() const { return deadline_ - base::system_clock().monotonic(); }

  const IstioCall& call_;
  const IstioRequest request_;
  const base::StopFlag& stop_;
  base::MonoTime deadline_;
  std::atomic<std::uint64_t> next_{0}, active_{0};
  std::mutex mutex_;
  std::vector<std::string> outputs_;
  std::uint64_t failed_ = 0;
  std::string first_error_;
};

std::string decimal(double value, std::string_view unit) {
  std::string text = fmt::format("{:.9f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + std::string(unit);
}

}  // namespace

Result<std::vector<std::string>> call_as_istio(const IstioCall& call, const base::StopFlag& stop) {
  if (call.count < 1 || call.count > kMaxIstioCalls)
    return Error{ExitCode::usage, fmt::format("{} requests cannot be made", call.count),
                 fmt::format("choose 1 to {}", kMaxIstioCalls)};
  WEFT_TRY(request, IstioRequest::create(call));
  return Forwarder(call, std::move(request), stop).run();
}

std::string go_duration_text(base::Nanoseconds time) {
  const std::int64_t ns = time.count();
  if (ns == 0) return "0s";
  if (ns < 1'000) return fmt::format("{}ns", ns);
  if (ns < 1'000'000) return decimal(static_cast<double>(ns) / 1e3, "\xc2\xb5s");
  if (ns < 1'000'000'000) return decimal(static_cast<double>(ns) / 1e6, "ms");
  const std::int64_t minutes = ns / 60'000'000'000;
  std::string seconds = decimal(static_cast<double>(ns % 60'000'000'000) / 1e9, "s");
  if (minutes == 0) return seconds;
  if (minutes < 60) return fmt::format("{}m{}", minutes, seconds);
  return fmt::format("{}h{}m{}", minutes / 60, minutes % 60, seconds);
}

}  // namespace weft::conform
