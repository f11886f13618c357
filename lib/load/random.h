// The engine's source of random numbers: splitmix64 (Steele, Lea, Flood 2014). A seed fixes them.
#pragma once

#include <cstdint>

namespace weft::load {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // Uniform in (0, 1]: its logarithm is finite.
  double unit() { return static_cast<double>((next() >> 11) + 1) * 0x1p-53; }
  // Uniform in 0 ... count - 1, of 2^64 where `count` is 0 (Lemire 2019, without the rejection: its
  // bias of count / 2^64 matters to nobody here).
  std::uint64_t below(std::uint64_t count) {
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t bits = next();
    return count == 0 ? bits : static_cast<std::uint64_t>((Wide{bits} * count) >> 64);
  }

 private:
  std::uint64_t state_;
};

}  // namespace weft::load
