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

}  // namespace

std::uint64_t share_of(std::uint64_t total, unsigned worker, unsigned workers) {
  if (total == kNever) return kNever;
  return total / workers + (worker < total % workers ? 1 : 0);
}

Arrivals::Arrivals(const Share& share)
    : arrival_(share.arrival),
      end_ns_(share.end_ns),
      allowed_(share_of(share.requests, share.worker, share.workers)),
      random_(seed_of(share)) {
  rate_ = static_cast<std::uint64_t>(std::llround(share.qps * static_cast<double>(kRateUnit)));
  mean_gap_ns_ = 1e9 * share.workers / share.qps;
  if (end_ns_ != kNever) {
    const double total = share.qps * static_cast<double>(end_ns_) / 1e9;
    remaining_ =
        share_of(static_cast<std::uint64_t>(std::llround(total)), share.worker, share.workers);
  }
  const Wide unit = Wide{1'000'000'000} * kRateUnit;  // one second, in ns times the unit
  const Wide first = unit * share.worker;
  const Wide step = unit * share.workers;
  step_ns_ = static_cast<std::uint64_t>(step / rate_);
  step_fraction_ = static_cast<std::uint64_t>(step % rate_);
  if (arrival_ == Arrival::uniform) {
    due_ = static_cast<std::uint64_t>(first / rate_);
    fraction_ = static_cast<std::uint64_t>(first % rate_);
    if (allowed_ == 0 || due_ >= end_ns_) due_ = kNever;
  } else {
    advance();
  }
}

void Arrivals::advance() {
  const bool counted = arrival_ == Arrival::poisson && end_ns_ != kNever;
  if (popped_ >= allowed_ || (counted && remaining_ == 0)) {
    due_ = kNever;
    return;
  }
  if (counted) {
    // The least of n uniform times in what is left, which is left * (1 - u^(1/n)).
    const double left = static_cast<double>(end_ns_) - exact_ns_;
    exact_ns_ -= left * std::expm1(std::log(random_.unit()) / static_cast<double>(remaining_--));
    due_ = std::min(static_cast<std::uint64_t>(exact_ns_), end_ns_ - 1);
  } else if (arrival_ == Arrival::uniform) {
    due_ += step_ns_;
    fraction_ += step_fraction_;
    if (fraction_ >= rate_) {
      fraction_ -= rate_;
      ++due_;
    }
  } else {
    exact_ns_ -= std::log(random_.unit()) * mean_gap_ns_;
    due_ = static_cast<std::uint64_t>(exact_ns_);
  }
  if (due_ >= end_ns_) due_ = kNever;
}

}  // namespace weft::load
