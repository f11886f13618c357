// Carries a plan out: lock, journal, each step with its CRDs, namespace and preparation, readiness
// with the reason while it waits, and the record of what was done. May be interrupted at any
// moment: the same command goes on from there.
//
//   WEFT_TRY(outcome, execute(work, prepared, {.op = id, .holder = "host/123"}));
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/lifecycle/journal.h"
#include "lib/lifecycle/planning.h"

namespace weft::lifecycle {

// Who runs the operation and what belongs to every one of them.
struct Actor {
  std::string op;      // id of the operation
  std::string holder;  // "host/pid"
  std::string weft_version;
  std::string state_folder;  // root keys, and the record where the cluster takes none
  std::function<bool(const std::string& holder)> is_dead = [](const std::string&) { return false; };
  bool break_lock = false;
};

enum class OnFailure { leave, roll_back };

struct ExecuteOptions {
  bool wait = true;
  OnFailure on_failure = OnFailure::leave;
};

struct StepOutcome {
  std::string release;
  std::string ns;
  StepAction action = StepAction::unchanged;
  int revision = 0;
  base::Nanoseconds took{};
};

struct Outcome {
  std::vector<StepOutcome> steps;
  std::vector<std::string> notes;  // ready, but: a webhook without certificate, a warning
  std::string backup{};            // file with the objects of the CRDs that changed; or empty
};

// Failure: the error of the step, with what was done about it. Exit codes: timeout when something
// does not get ready, tool when helm fails, interrupted.
base::Result<Outcome> execute(Work& work, Prepared& prepared, const Actor& actor,
                              const ExecuteOptions& options);

}  // namespace weft::lifecycle
