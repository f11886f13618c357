// Numbers, durations and sizes as people write them. Every reader takes the whole text or fails.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace weft::base {

using Nanoseconds = std::chrono::nanoseconds;

std::optional<std::int64_t> parse_int(std::string_view text);
std::optional<std::uint64_t> parse_uint(std::string_view text);
std::optional<double> parse_double(std::string_view text);  // finite only, no hex, no "inf"

// Go's grammar: "300ms", "1h30m", "1.5s", "-2us"; units ns us µs ms s m h; "0" needs no unit.
Result<Nanoseconds> parse_duration(std::string_view text);
// The shortest exact form in the same grammar: "1h30m", "2.5ms", "0s".
std::string format_duration(Nanoseconds duration);

// "16KiB", "1MB", "512", "1.5GiB": bytes. k M G T are decimal, Ki Mi Gi Ti binary, "B" optional.
Result<std::uint64_t> parse_size(std::string_view text);
std::string format_size(double bytes);  // "16.0 KiB", for display

// Three significant digits with a unit that fits: "12.3 µs", "4.56 ms", "1.20 s".
std::string format_latency(double nanoseconds);
std::string format_count(std::uint64_t count);  // "1,234,567"

}  // namespace weft::base
