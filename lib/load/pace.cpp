#include "lib/load/pace.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace weft::load {

Pace::Pace(const std::vector<Stage>& stages, std::string name) : name_(std::move(name)) {
  for (const Stage& stage : stages) {
    const auto length = static_cast<double>(stage.length.count());
    pieces_.push_back({.start_ns = round_ns_,
                       .before = round_requests_,
                       .rate = stage.from / 1e9,
                       .growth = (stage.to - stage.from) / 1e9 / length});
    round_ns_ += length;
    round_requests_ += (stage.from + stage.to) / 2 / 1e9 * length;
  }
}

double Pace::expected(double ns) const {
  const double rounds = std::floor(ns / round_ns_);
  const double within = ns - rounds * round_ns_;
  const auto after =
      std::upper_bound(pieces_.begin() + 1, pieces_.end(), within,
                       [](double time, const Piece& piece) { return time < piece.start_ns; });
  const Piece& piece = *(after - 1);
  const double t = within - piece.start_ns;
  return rounds * round_requests_ + piece.before + t * (piece.rate + piece.growth * t / 2);
}

double Pace::when(double requests) const {
  const double rounds = std::floor(requests / round_requests_);
  const double within = requests - rounds * round_requests_;
  const auto after =
      std::upper_bound(pieces_.begin() + 1, pieces_.end(), within,
                       [](double count, const Piece& piece) { return count < piece.before; });
  const Piece& piece = *(after - 1);
  // n = rate t + growth t^2 / 2, solved in the form that does not cancel for a small growth.
  const double n = within - piece.before;
  const double root = std::sqrt(std::max(piece.rate * piece.rate + 2 * piece.growth * n, 0.0));
  const double t = n > 0 ? 2 * n / (piece.rate + root) : 0;
  return rounds * round_ns_ + piece.start_ns + t;
}

std::vector<Stage> wave(double low, double high, base::Nanoseconds period) {
  constexpr int kLines = 48;
  const auto rate = [&](int i) {
    const double angle = 2 * std::numbers::pi * i / kLines;
    return (low + high) / 2 + (high - low) / 2 * std::sin(angle);
  };
  std::vector<Stage> stages;
  stages.reserve(kLines);
  for (int i = 0; i < kLines; ++i)
    stages.push_back({.from = std::max(rate(i), 0.0),
                      .to = std::max(rate(i + 1), 0.0),
                      .length = period * (i + 1) / kLines - period * i / kLines});
  return stages;
}

}  // namespace weft::load
