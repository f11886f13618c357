// Runs suites against what a driver gives access to, and says what follows.
//
//   conform::RunOptions options{.clock = clock, .stop = stop, .id = id, .workers = 4};
//   WEFT_TRY(run, run_suites(driver, suites, options));       // result.h
//
// Suites whose applications are the same share them. Tests run side by side as far as their
// isolation allows (schedule.h); each makes objects of its own, settles, probes, and removes what
// it made. Nothing is assumed: an API that is not served gives `skip` with capability none, a
// prober that died `error`, statistics that stay open `inconclusive`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/stop.h"
#include "lib/conform/driver.h"
#include "lib/conform/result.h"

namespace weft::conform {

// What stays for a look at it: nothing, the stages of tests that failed, every stage.
enum class Keep { never, failed, always };

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
  std::int64_t timeout_scale =
      1;  // all time-outs of suites, and that limit, are so many times as long
  // Tests that have not begun by then are errors. What is on its way has time-outs of its own.
  base::MonoTime deadline = base::MonoTime::max();
  unsigned workers = 1;  // tests at the same time
  Keep keep = Keep::never;
  // The functions below are called by one thread at a time.
  std::function<void(const SuiteSpec&, const TestSpec&)> on_start;
  std::function<void(const SuiteSpec&, const Test&)> on_test;  // as soon as one is over
  // Raw answers, whole tests at a time; Test::evidence says where in all of them.
  std::function<void(std::string_view lines)> on_evidence;
  // What the stage of a test that failed has to say.
  std::function<void(const Test&, const std::string& text)> on_diagnosis;
  // Before everything is removed; `stopped`: because a stop was requested.
  std::function<void(bool stopped)> on_clean;
};

base::Result<Run> run_suites(Driver& driver, const std::vector<OpenSuite>& suites,
                             const RunOptions& options);

}  // namespace weft::conform
