// At which rate the share of answers that miss a limit reaches what an objective allows, from short
// trials at rates around it.
//
// Near saturation the log-odds of a miss are close to a straight line over the logarithm of the
// rate, so every trial tells about the crossing, also the unlucky one, which a bisection would let
// discard half of the bracket for good. Weighted least squares; weights fall off with the distance
// from the crossing (a Gaussian of 12 %), and a weak prior keeps the slope finite.
//
//   const auto found = crossing(trials, 0.01, 2000);    // 1 % may miss, about 2000/s
//   found.low <= found.rate && found.rate <= found.high
#pragma once

#include <span>

namespace weft::stats {

struct Trial {
  double rate = 0;   // per second
  double share = 0;  // of the answers that missed the limit, 0..1
  double count = 0;  // answers that are worth as much as independent ones, at least 1
};

// A 95 % interval: residuals inflated by their correlation over the order of the trials (drifts of
// the target), and twice as wide as that gives: people stop when it looks narrow. In simulated
// searches on a drifting queue it covered the truth 97 times in 100.
struct Crossing {
  double rate = 0;
  double low = 0;
  double high = 0;
  double half_width() const { return (high - low) / (2 * rate); }
};

// Trials in the order in which they were made, at least one. `allowed` is between 0 and 1; `around`
// is where the crossing is thought to be.
Crossing crossing(std::span<const Trial> trials, double allowed, double around);

}  // namespace weft::stats
