// From what the engine saw to the result that is kept.
//
//   smp::Run run = record(spec, plan, std::move(outcome), host);
#pragma once

#include <optional>
#include <string>

#include "lib/load/engine.h"
#include "lib/perf/spec.h"
#include "lib/smp/run.h"

namespace weft::perf {

// What is known about the generator's side besides the outcome.
struct Circumstances {
  smp::Labels host;
  std::optional<std::uint64_t> peak_memory_bytes;
};

// The id is made from the time of the start; a spec without a test id gives "<id>-test". In a
// closed loop both latencies are the service time and the omission is said to be uncorrected.
smp::Run record(const Spec& spec, const load::Plan& plan, load::Outcome outcome,
                const Circumstances& circumstances);

smp::Verdict to_smp(load::Verdict verdict);

}  // namespace weft::perf
