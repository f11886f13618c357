// Whether a run measured the target or the generator. Valid: sends left on time. Suspect: the
// generator was late often enough to show, or used up its CPU. Invalid: the figures are of the
// generator. Only lateness of our own counts: waiting for a connection is the target's doing.
#pragma once

#include "lib/load/engine.h"

namespace weft::load {

// Sends later than this after a connection was free missed their deadline:
// max(100 us, 5 % of the median latency).
std::uint64_t missed_after_ns(const Outcome& outcome);

// Sets missed_deadlines, verdict and reasons from the figures. `open_loop`: a rate was planned.
void judge(Outcome& outcome, bool open_loop);
// The same for a warm-up that was to last until the latency had settled.
void judge_warmup(Outcome& outcome);

}  // namespace weft::load
