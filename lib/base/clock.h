// The two clocks, injected so that tests can hold time still, and RFC 3339 timestamps.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace weft::base {

// Nanoseconds since the Unix epoch, UTC.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;
// Monotonic nanoseconds of this machine; only differences mean anything.
using MonoTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual MonoTime monotonic() const = 0;
};

const Clock& system_clock();

// "2026-03-01T12:00:00.123456789Z"; the fraction is as long as needed, absent when zero.
std::string format_rfc3339(WallTime time);
// Accepts an offset ("+05:30") and any fraction up to nanoseconds. Years 1678 to 2261.
Result<WallTime> parse_rfc3339(std::string_view text);

}  // namespace weft::base
