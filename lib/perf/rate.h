// The rate of a run as people write it:
//
//   max                    as many as the connections allow
//   1000                   requests per second
//   100..1000              from one rate to the other over the whole run
//   100,200,400            steps, all of the same length
//   50@1m,50..500@2m,50    stages: what has no length shares the rest of the run
//   sine:100..500/30s      a wave between two rates with this period
//
// Stages that end before the run begin again: 100@10s,1000@1s is a spike every 11 seconds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/load/engine.h"

namespace weft::perf {

inline constexpr base::Nanoseconds kDefaultDuration = std::chrono::seconds(10);

struct RateStage {
  double from = 0, to = 0;
  std::optional<base::Nanoseconds> length;  // absent: an equal part of what the others leave
  friend bool operator==(const RateStage&, const RateStage&) = default;
};

struct Rate {
  std::optional<double> qps;      // one rate; absent without stages: max
  std::vector<RateStage> stages;  // a rate that changes
  bool endless = false;           // the stages say nothing of how long the run is
  std::string text;               // as written
  bool unlimited() const { return !qps && stages.empty(); }
  friend bool operator==(const Rate&, const Rate&) = default;
};

base::Result<Rate> parse_rate(std::string_view text);

// Fills in rate, pace and, where stages say so, the duration of a plan that has none. Usage errors.
base::Result<void> set_pace(const Rate& rate, load::Plan& plan);

// The times of a trace: seconds from the start, one a line, ascending; empty lines and what follows
// a # do not count. Input errors with the line.
base::Result<std::vector<std::uint64_t>> parse_trace(std::string_view text, std::string_view name);

// A trace replaces rate and arrivals; it gives the duration where nothing limits the run.
void set_trace(std::vector<std::uint64_t> times, load::Plan& plan);

}  // namespace weft::perf
