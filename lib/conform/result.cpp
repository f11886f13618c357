#include "lib/conform/result.h"

namespace weft::conform {
namespace {

Capability capability_of(const Suite& suite) {
  Counts all = suite.core;
  if (suite.extended) {
    all.passed += suite.extended->passed;
    all.failed += suite.extended->failed;
    all.inconclusive += suite.extended->inconclusive;
    all.skipped += suite.extended->skipped;
    all.errors += suite.extended->errors;
  }
  if (all.passed + all.failed + all.inconclusive == 0) return Capability::untested;
  if (all.passed == all.total()) return Capability::full;
  return all.passed > 0 ? Capability::partial : Capability::fail;
}

}  // namespace

Verdict verdict_of(const Counts& counts) {
  if (counts.failed > 0) return Verdict::fail;
  if (counts.errors > 0) return Verdict::error;
  if (counts.inconclusive > 0) return Verdict::inconclusive;
  return counts.passed > 0 ? Verdict::pass : Verdict::skip;
}

Verdict verdict_of(const Run& run) {
  Counts suites;
  for (const Suite& suite : run.suites) {
    if (suite.verdict == Verdict::fail) ++suites.failed;
    if (suite.verdict == Verdict::error) ++suites.errors;
    if (suite.verdict == Verdict::inconclusive) ++suites.inconclusive;
    if (suite.verdict == Verdict::pass) ++suites.passed;
  }
  return verdict_of(suites);
}

void tally(Suite& suite) {
  suite.core = {};
  suite.extended.reset();
  for (const Test& test : suite.tests) {
    if (test.level == Level::informational) continue;
    if (test.level == Level::extended && !suite.extended) suite.extended.emplace();
    Counts& counts = test.level == Level::core ? suite.core : *suite.extended;
    switch (test.verdict) {
      case Verdict::pass:
        ++counts.passed;
        break;
      case Verdict::fail:
        ++counts.failed;
        break;
      case Verdict::error:
        ++counts.errors;
        break;
      case Verdict::skip:
        ++counts.skipped;
        break;
      case Verdict::inconclusive:
        ++counts.inconclusive;
        break;
    }
  }
  if (suite.capability != Capability::none) suite.capability = capability_of(suite);
  const Verdict core = verdict_of(suite.core);
  const Verdict extended = suite.extended ? verdict_of(*suite.extended) : Verdict::skip;
  // The order of the enum is not the order of gravity.
  for (const Verdict grave : {Verdict::fail, Verdict::error, Verdict::inconclusive, Verdict::pass})
    if (core == grave || extended == grave) {
      suite.verdict = grave;
      return;
    }
  suite.verdict = Verdict::skip;
}

}  // namespace weft::conform
