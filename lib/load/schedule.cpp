#include "lib/load/schedule.h"

#include <algorithm>
#include <cmath>

namespace weft::load {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kRateUnit = 1'000'000;  // the rate is kept in 10^-6 per second

// Streams of the workers must not overlap: their seeds are far apart draws of one generator.
std::uint64_t seed_of(const Share& share) {
  Random random(share.seed);
  std::uint64_t seed = random.next();
  for (unsigned i = 0; i < share.worker; ++i) seed = random.next();
  return seed;
}

std::uint64_t bursts_of(std::uint64_t arrivals, unsigned burst) {
  return arrivals / burst + (arrivals % burst != 0 ? 1 : 0);
}

}  // namespace

std::uint64_t share_of(std::uint64_t total, unsigned worker, unsigned workers) {
  if (total == kNever) return kNever;
  return total / workers + (worker < total % workers ? 1 : 0);
}

std::uint64_t allowed_arrivals(const Share& share) {
  if (!share.trace.empty())
    return share_of(std::min<std::uint64_t>(share.requests, share.trace.size()), share.worker,
                    share.workers);
  if (share.requests == kNever || share.burst == 1)
    return share_of(share.requests, share.worker, share.workers);
  const std::uint64_t bursts = bursts_of(share.requests, share.burst);
  const std::uint64_t mine = share_of(bursts, share.worker, share.workers) * share.burst;
  const bool has_last = bursts > 0 && (bursts - 1) % share.workers == share.worker;
  return has_last ? mine - (bursts * share.burst - share.requests) : mine;
}

Arrivals::Arrivals(const Share& share)
    : share_(share), allowed_(allowed_arrivals(share)), random_(seed_of(share)) {
  if (!share_.trace.empty()) {
    share_.burst = 1;
    advance();
    return;
  }
  rate_ = static_cast<std::uint64_t>(std::llround(share.qps * static_cast<double>(kRateUnit)));
  mean_gap_ns_ = 1e9 * share.workers * share.burst / share.qps;
  if (share.end_ns != kNever) {
    const double total = share.qps * static_cast<double>(share.end_ns) / 1e9;
    const auto arrivals = static_cast<std::uint64_t>(std::llround(total));
    remaining_ = share_of(bursts_of(arrivals, share.burst), share.worker, share.workers);
  }
  const Wide unit = Wide{1'000'000'000} * kRateUnit * share.burst;  // of one burst at rate 10^-6
  const Wide first = unit * share.worker;
  const Wide step = unit * share.workers;
  step_ns_ = static_cast<std::uint64_t>(step / rate_);
  step_fraction_ = static_cast<std::uint64_t>(step % rate_);
  if (share.arrival == Arrival::uniform) {
    even_ns_ = static_cast<std::uint64_t>(first / rate_);
    fraction_ = static_cast<std::uint64_t>(first % rate_);
    burst_left_ = share.burst - 1;
    set_due(allowed_ == 0 ? kNever : even_ns_);
  } else {
    advance();
  }
}

void Arrivals::advance() {
  if (popped_ >= allowed_) return set_due(kNever);
  if (burst_left_ > 0) {
    --burst_left_;
    return;
  }
  burst_left_ = share_.burst - 1;
  if (!share_.trace.empty()) {
    set_due(share_.trace[popped_ * share_.workers + share_.worker]);
  } else if (share_.arrival == Arrival::uniform) {
    even_ns_ += step_ns_;
    fraction_ += step_fraction_;
    if (fraction_ >= rate_) {
      fraction_ -= rate_;
      ++even_ns_;
    }
    set_due(even_ns_);
  } else if (share_.end_ns == kNever) {
    exact_ns_ -= std::log(random_.unit()) * mean_gap_ns_;
    set_due(static_cast<std::uint64_t>(exact_ns_));
  } else if (remaining_ == 0) {
    set_due(kNever);
  } else {
    // The least of n uniform times in what is left, which is left * (1 - u^(1/n)).
    const double left = static_cast<double>(share_.end_ns) - exact_ns_;
    exact_ns_ -= left * std::expm1(std::log(random_.unit()) / static_cast<double>(remaining_--));
    set_due(std::min(static_cast<std::uint64_t>(exact_ns_), share_.end_ns - 1));
  }
}

void Arrivals::set_due(std::uint64_t even_ns) {
  due_ = even_ns;
  if (even_ns >= share_.end_ns) {
    due_ = kNever;
  } else if (share_.pace != nullptr) {
    const double requests = static_cast<double>(even_ns) * share_.qps / 1e9;
    due_ = std::min(static_cast<std::uint64_t>(share_.pace->when(requests)), share_.end_ns - 1);
  }
}

}  // namespace weft::load
