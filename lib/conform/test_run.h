// One test, step by step: makes its objects, settles, probes, judges, and removes what it made.
// A new kind of step is an `act` of its own in test_run.cpp.
#pragma once

#include "lib/conform/runner.h"

namespace weft::conform {

// Where a test runs.
struct Scene {
  Driver& driver;
  Stage& stage;
  const SuiteSpec& suite;  // read for the namespace of the stage
  const Templates& templates;
  const Versions& versions;
};

struct TestOutcome {
  Test test;
  std::string lines;      // the raw answers of all of its probes
  std::string diagnosis;  // of a test that failed: what the stage has to say, for people
};

// A test whose API is not served is a skip.
TestOutcome run_test(const Scene& scene, const RunOptions& options, const TestSpec& spec);

}  // namespace weft::conform
