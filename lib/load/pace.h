// A rate that changes over time: ramps, steps, waves, and whatever can be put together from pieces
// in which it changes evenly.
//
//   Pace pace({{.from = 100, .to = 1000, .length = 60s}});  // a ramp
//   pace.expected(30s);   // requests up to then: 9750
//   pace.when(9750);      // 30s
//
// A process of arrivals at constant rate becomes one that follows the pace by stretching time: the
// n-th arrival is due when n requests are expected (Cinlar, Introduction to Stochastic Processes,
// 4.7: the integral of the rate is inverted). So every kind of arrival follows every pace.
#pragma once

#include <string>
#include <vector>

#include "lib/base/number.h"

namespace weft::load {

struct Stage {
  double from = 0, to = 0;  // requests per second at its beginning and its end, 0 or more
  base::Nanoseconds length{0};
  friend bool operator==(const Stage&, const Stage&) = default;
};

class Pace {
 public:
  Pace() = default;  // always the same rate
  // The stages follow each other, then begin again. Each is longer than 0, and one rate is.
  explicit Pace(const std::vector<Stage>& stages, std::string name = "");

  const std::string& name() const { return name_; }  // as people write it

  bool steady() const { return pieces_.empty(); }
  // Of a pace that is not steady. Requests expected in the first `ns`, and its inverse.
  double expected(double ns) const;
  double when(double requests) const;

 private:
  struct Piece {
    double start_ns = 0, before = 0;  // `before`: requests expected until it starts
    double rate = 0, growth = 0;      // requests per ns at its start, and per ns more each ns
  };
  std::string name_;
  std::vector<Piece> pieces_;
  double round_ns_ = 0, round_requests_ = 0;  // of all pieces
};

// A rate that swings between two values, beginning in the middle and going up. The sine is followed
// by straight lines, to 0.2 % of its swing.
std::vector<Stage> wave(double low, double high, base::Nanoseconds period);

}  // namespace weft::load
