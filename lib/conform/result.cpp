#include "lib/conform/result.h"

namespace weft::conform {

Counts all_counts(const Suite& suite) {
  Counts all = suite.core;
  if (!suite.extended) return all;
  all.passed += suite.extended->passed;
  all.failed += suite.extended->failed;
  all.skipped += suite.extended->skipped;
  all.inconclusive += suite.extended->inconclusive;
  all.errors += suite.extended->errors;
  return all;
}

Capability capability_of(const Counts& counts) {
  if (counts.passed == 0) return counts.failed > 0 ? Capability::fail : Capability::untested;
  return counts.passed == counts.total() ? Capability::full : Capability::partial;
}

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
  const Counts all = all_counts(suite);
  if (suite.capability != Capability::none) suite.capability = capability_of(all);
  suite.verdict = verdict_of(all);
  // What passes without the API says nothing about it.
  if (suite.capability == Capability::none && suite.verdict == Verdict::pass)
    suite.verdict = Verdict::skip;
}

}  // namespace weft::conform
