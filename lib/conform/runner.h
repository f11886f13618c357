// Runs suites on a driver and says what follows.
//
//   conform::RunOptions options{.clock = clock, .stop = stop};
//   WEFT_TRY(run, run_suites(driver, suites, options));       // result.h
//
// One test after the other: each makes objects of its own, settles, probes, and removes what it
// made. Nothing is assumed: an API that is not served gives `skip` with capability none, a prober
// that died `error`, statistics that stay open `inconclusive`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/stop.h"
#include "lib/conform/driver.h"
#include "lib/conform/result.h"

namespace weft::conform {

struct RunOptions {
  const base::Clock& clock;
  const base::StopFlag& stop;
  std::string id;                     // of the run; part of every nonce
  std::string api_version;            // pinned, or empty
  std::vector<std::string> only;      // ids of tests; all when empty
  std::vector<std::string> features;  // see declared_features() in features.h
  // Runs the program of a script step; without it, tests with such a step are left out.
  std::function<base::Result<void>(const ScriptStep&)> script;
  // Longest time to wait for a configuration; more than a suite says is never waited.
  base::Nanoseconds settle_limit = std::chrono::seconds(30);
  std::function<void(const SuiteSpec&, const Test&)> on_test;  // as soon as one is over
  std::function<void(const SuiteSpec&, const TestSpec&)> on_start;
};

base::Result<Run> run_suites(Driver& driver, const std::vector<OpenSuite>& suites,
                             const RunOptions& options);

}  // namespace weft::conform
