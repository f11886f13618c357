#!/usr/bin/env python3
"""Runs the suites of suites/ against real clusters. Ends with "N passed, N failed, N skipped" and, above
it, what was not run and why. Exit code 1 when a test failed.

    scripts/cluster/run.py                    everything
    scripts/cluster/run.py lifecycle Canary   the tests whose id contains one of these words
    scripts/cluster/run.py --list             the ids, running nothing
"""
import argparse
import os
import pathlib
import shutil
import signal
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "suites")]

import harness  # noqa: E402
import tools  # noqa: E402


def missing():
    """What every suite needs and this machine does not have."""
    lacks = []
    if os.uname().sysname != "Linux":
        lacks.append("Linux")
    elif os.geteuid() != 0:
        lacks.append("root (clusters live in namespaces of their own)")
    for program in ("ip", "openssl", "curl", "unshare", "setsid"):
        if not shutil.which(program):
            lacks.append(f"{program} on PATH (scripts/setup.sh --cluster)")
    if not harness.WEFT.exists():
        lacks.append(f"{harness.WEFT} (scripts/build.sh test)")
    if not lacks:
        for name in [*tools.table(), "images", "server"]:
            try:
                tools.get(name)
            except tools.Missing as gap:
                lacks.append(str(gap))
    return lacks


def tests_of(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_of(item)
        else:
            yield item


class Report(unittest.TestResult):
    """One line per test as it ends, whole traces of failures at once."""

    def __init__(self):
        super().__init__()
        self.passed, self.reasons, self.began = 0, {}, 0.0
        self.failed = set()

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()
        signal.alarm(getattr(test, "limit", 300))

    def stopTest(self, test):
        signal.alarm(0)
        super().stopTest(test)

    def say(self, word, test, detail=""):
        seconds = time.monotonic() - self.began
        print(f"{word:8} {test.id()} ({seconds:.1f} s){': ' + detail if detail else ''}", flush=True)

    def addSuccess(self, test):
        self.passed += 1
        self.say("ok", test)

    def addSkip(self, test, reason):
        self.reasons[test.id()] = reason
        self.say("NOT RUN", test, reason)

    def failure(self, test, error):
        self.failed.add(test.id())
        self.say("FAILED", test)
        print(self._exc_info_to_string(error, test), flush=True)

    def addFailure(self, test, error):
        self.failure(test, error)

    def addError(self, test, error):
        self.failure(test, error)

    def addSubTest(self, test, subtest, error):
        if error:
            self.failure(subtest, error)


def out_of_time(_signal, _frame):
    raise TimeoutError("the test took longer than its limit")


def ended(_signal, _frame):
    sys.exit(130)


def main():
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--list", action="store_true", help="print the ids of the tests, run nothing")
    flags.add_argument("words", nargs="*", help="run the tests whose id contains one of these")
    args = flags.parse_args()

    loaded = unittest.defaultTestLoader.discover(str(HERE / "suites"), "test_*.py", str(HERE / "suites"))
    tests = [t for t in tests_of(loaded) if not args.words or any(w in t.id() for w in args.words)]
    if args.list:
        print("\n".join(t.id() for t in tests))
        return 0
    if args.words and not tests:
        print(f"run.py: no test's id contains {' or '.join(args.words)}", file=sys.stderr)
        return 2

    try:
        lacks = missing()
    except tools.Broken as error:
        print(f"FAILED: {error}\n0 passed, 1 failed, {len(tests)} skipped")
        return 1
    if lacks:
        print(f"NOT RUN: {len(tests)} cluster tests. This machine lacks:")
        print("\n".join("  " + lack for lack in lacks))
        print(f"0 passed, 0 failed, {len(tests)} skipped")
        return 0

    signal.signal(signal.SIGALRM, out_of_time)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ended)
    harness.remove_stale()
    report = Report()
    began = time.monotonic()
    unittest.TestSuite(tests).run(report)
    failed = len(report.failed)
    skipped = max(0, len(tests) - report.passed - failed)
    print(f"\n{len(tests)} cluster tests in {time.monotonic() - began:.0f} s")
    if skipped:
        print(f"NOT RUN: {skipped} tests")
        for name, reason in report.reasons.items():
            print(f"  {name}: {reason}")
    for name in sorted(report.failed):
        print(f"FAILED: {name}")
    print(f"{report.passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
