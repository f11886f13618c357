// Durations and points in time: RFC 3339 in, arithmetic within the years 1 to 9999.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/cel/ast.h"
#include "lib/cel/context.h"

namespace weft::cel {

std::optional<Timestamp> parse_timestamp(std::string_view text);  // also a date alone: midnight UTC
std::string timestamp_text(const Timestamp& timestamp);           // 2026-03-01T12:00:00.5Z
std::string duration_text(std::int64_t nanoseconds);              // 90.5s
// add and subtract, of which at least one operand is a duration or timestamp.
Value time_arithmetic(Context& context, Op op, const Value& a, const Value& b);

}  // namespace weft::cel
