// One worker's own side: it says that it is ready, waits until it is told when to start, measures
// its part of the load, and says what came of it. Everything it says is a frame.
//
//   WEFT_CHECK(work({spec, plan, "orders", clock, stop, host}, [&](auto text) { out << text; }));
//
// The orders are a file that somebody else replaces as a whole: "start NANOSECONDS" since 1970, or
// "stop". So the same worker serves behind a pipe, and in a pod where the file is an annotation.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/stop.h"
#include "lib/perf/record.h"

namespace weft::perf {

struct Work {
  const Spec& spec;
  const load::Plan& plan;  // the part of this worker, see part_of()
  std::string orders;      // path; need not exist yet
  const base::Clock& clock;
  const base::StopFlag& stop;
  smp::Labels host;
  base::Nanoseconds patience = std::chrono::minutes(10);  // without orders
};

// Gets whole frames; somebody may read them as they come.
using Tell = std::function<void(std::string_view)>;

// The error, which has been told as well: interrupted before the start, no orders within the
// patience, and those of load::run. An interrupted run is told like any other.
base::Result<void> work(const Work& work, const Tell& tell);

std::string start_order(base::WallTime at);
inline constexpr std::string_view kStopOrder = "stop";

// "0/4" is the first of four. Usage error for anything that is no part.
base::Result<load::Part> parse_part(std::string_view text);

}  // namespace weft::perf
