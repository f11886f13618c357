// Fields of other tools' documents: lenient where tools differ (counts as strings, absent and null
// alike), strict where a value would be wrong (negative, not finite, not a whole number, another
// kind). The first fault is kept with its position, so a reader takes what it needs and asks once:
//
//   Fields in(document);
//   run.actual_qps = in.number(root, "ActualQPS");
//   run.setup.connections = in.whole(root, "NumThreads");
//   WEFT_CHECK(in.status());
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::smp {

class Fields {
 public:
  explicit Fields(const doc::Document& document) : document_(document) {}

  // The value, or a null value when it is absent: lookups chain without checks.
  static const doc::Value& at(const doc::Value& parent, std::string_view key);
  const doc::Value& map(const doc::Value& parent, std::string_view key);
  const doc::Value& list(const doc::Value& parent, std::string_view key);

  // Not negative, finite; a string that holds such a number is one.
  std::optional<double> number(const doc::Value& parent, std::string_view key);
  std::optional<double> number(const doc::Value& parent, std::string_view key, double scale);
  std::optional<std::uint64_t> count(const doc::Value& parent, std::string_view key);
  std::optional<std::int64_t> whole(const doc::Value& parent, std::string_view key);
  std::optional<bool> flag(const doc::Value& parent, std::string_view key);
  std::string text(const doc::Value& parent, std::string_view key);  // "" when absent
  std::optional<base::WallTime> time(const doc::Value& parent, std::string_view key);
  // Go's grammar ("1.5s"), not negative.
  std::optional<base::Nanoseconds> duration(const doc::Value& parent, std::string_view key);

  // The same for a value at hand; `name` stands in the message.
  std::optional<double> number_of(const doc::Value& value, std::string_view name);
  std::optional<std::uint64_t> count_of(const doc::Value& value, std::string_view name);

  void fail(const doc::Value& value, std::string message, std::string remedy = {});
  base::Result<void> status() const;

 private:
  const doc::Value& demand(const doc::Value& value, std::string_view name, bool right,
                           std::string_view wanted);
  const doc::Document& document_;
  std::optional<base::Error> error_;
};

// Nanoseconds after `time`; absent when the calendar ends before.
std::optional<base::WallTime> later(std::optional<base::WallTime> time, base::Nanoseconds by);
// Absent when it is beyond what nanoseconds can count (292 years) or not a number.
std::optional<base::Nanoseconds> from_seconds(double seconds);

}  // namespace weft::smp
