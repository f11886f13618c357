// Probes and journals on request, over one pair of pipes: what `weft probe --serve` does inside a
// pod, so that a runner far away starts one process there and not one for every step.
//
//   <- weft-probe/1                        it is ready
//   -> 1 plan {"schema":"weft.probe-plan/v1",...}
//   -> 2 journal /tmp/journal.sock run-7-3.
//   <- 1 {"n":0,"outcome":"http:200",...}  lines as they come, each with the number of its request
//   <- 2 {"seq":1,...}
//   <- 2 .                                 its end
//   <- 1 ! the plan is not usable          or an error
//   <- 0 .                                 every few seconds, so that silence means something
//
// Requests are answered side by side. The end of the input ends everything.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "lib/base/stop.h"

namespace weft::conform {

inline constexpr std::string_view kProbeService = "weft-probe/1";
inline constexpr std::size_t kMaxAtOnce = 64;  // requests

// Reads requests from the descriptor until it ends, a line is longer than a plan may be, or a stop
// is requested. `line` is called from several threads, never at once; false: nobody listens.
void serve_probes(int input, const base::StopFlag& stop,
                  const std::function<bool(const std::string& line)>& line);

}  // namespace weft::conform
