// What changed between two results: verdicts of tests, capabilities of suites, tests that came or
// went.
//
//   const auto changes = conform::differences(before, after);
//   std::any_of(..., [](const Change& c) { return c.worse; })
#pragma once

#include <string>
#include <vector>

#include "lib/conform/result.h"

namespace weft::conform {

struct Change {
  std::string subject{};  // "smi-traffic-split/TS-07", or a suite by its name
  std::string before{};   // "pass", "full 7/7"; empty: was not there
  std::string after{};
  std::string reason{};  // of the later one
  bool worse = false;
};

// In the order of the suites and tests of `before`, what is new at the end. A test that is gone or
// no longer run is worse when it had passed.
std::vector<Change> differences(const Run& before, const Run& after);

}  // namespace weft::conform
