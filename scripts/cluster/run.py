#!/usr/bin/env python3
"""Runs the suites of suites/ against real clusters, three classes at a time, for they wait more
than they work. Ends with "N passed, N failed,
N skipped" and, above it, what was not run and why. Exit code 1 when a test failed.

What fails is repeated once, by itself, when all the others are done. Passing then, it counts as passed, and is
listed as FLAKY: a fault of the test or of weft that wants to be found.

    scripts/cluster/run.py                    everything
    scripts/cluster/run.py lifecycle Canary   the tests whose id contains one of these words
    scripts/cluster/run.py --list             the ids, running nothing

Every class (where each test has a cluster of its own: every test) runs in a process of its own, whose lines on
standard output say how each test ended.
"""
import argparse
import concurrent.futures
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "suites")]

import harness  # noqa: E402
import tools  # noqa: E402

OK, FAILED, NOT_RUN, FLAKY = "ok", "FAILED", "NOT RUN", "FLAKY"
ENDED = "its class ended before"


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
        for name in [*tools.table(), "images", "server", "gateway-api"]:
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


def load(words):
    suites = unittest.defaultTestLoader.discover(str(HERE / "suites"), "test_*.py", str(HERE / "suites"))
    return [t for t in tests_of(suites) if not words or any(w in t.id() for w in words)]


# ---- one class, in a process of its own

class Report(unittest.TestResult):
    """Prints how each test ended, with the trace of a failure."""

    began = 0.0

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()
        signal.alarm(getattr(test, "limit", 300))

    def stopTest(self, test):
        signal.alarm(0)
        super().stopTest(test)

    def say(self, word, test, text):
        print(f"{word:8}{test.id()}  {text}", flush=True)

    def took(self):
        return f"({time.monotonic() - self.began:.1f} s)" if self.began else ""

    def addSuccess(self, test):
        self.say(OK, test, self.took())

    def addSkip(self, test, reason):
        self.say(NOT_RUN, test, reason)

    def addFailure(self, test, err):
        trace = "\n".join("    " + line for line in self._exc_info_to_string(err, test).splitlines())
        self.say(FAILED, test, f"{self.took()}\n{trace}")

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err:
            self.addFailure(test, (err[0], AssertionError(f"{subtest._subDescription()}: {err[1]}"), err[2]))


def out_of_time(_signal, _frame):
    raise TimeoutError("the test took longer than its limit")


def work(ids):
    signal.signal(signal.SIGALRM, out_of_time)
    unittest.TestSuite(t for t in load([]) if t.id() in ids).run(Report())


# ---- all classes

class Tally:
    """How each test ended, from the lines of the processes."""

    def __init__(self, tests):
        self.ends = {t.id(): (NOT_RUN, ENDED) for t in tests}

    def read(self, line):
        word, (name, _, detail) = line[:8].strip(), line[8:].strip().partition("  ")
        if word not in (OK, FAILED, NOT_RUN):
            return
        # A failed subtest is followed by an "ok" of its test: once failed, failed.
        if self.ends.get(name, (OK,))[0] != FAILED:
            self.ends[name] = word, detail

    def to_repeat(self, tests):
        return [t for t in tests if self.ends[t.id()][0] == FAILED or self.ends[t.id()] == (NOT_RUN, ENDED)]

    def repeated(self, second):
        """Takes over how tests ended the second time."""
        for name, (end, detail) in second.ends.items():
            self.ends[name] = (FLAKY, f"failed, passed when repeated {detail}") if end == OK else (end, detail)

    def count(self, *words):
        return sum(end in words for end, _ in self.ends.values())

    def show(self):
        for word in (NOT_RUN, FLAKY, FAILED):
            for name, (end, detail) in sorted(self.ends.items()):
                if end == word:
                    print(f"{word}: {name}" + (f": {detail}" if word != FAILED else ""))
        flaky = f" ({self.count(FLAKY)} of them FLAKY)" if self.count(FLAKY) else ""
        print(f"{self.count(OK, FLAKY)} passed{flaky}, {self.count(FAILED)} failed, {self.count(NOT_RUN)} skipped")


workers = []


def ended(_signal, _frame):
    """Interrupts every worker; each ends its clusters."""
    for worker in workers:
        worker.terminate()
    raise KeyboardInterrupt


def run_group(tests):
    """Runs tests of one class; how they ended."""
    tally = Tally(tests)
    child = subprocess.Popen([sys.executable, __file__, "--worker", *(t.id() for t in tests)],
                             stdout=subprocess.PIPE, text=True)
    workers.append(child)
    for line in child.stdout:
        print(line, end="", flush=True)
        tally.read(line)
    child.stdout.close()
    if child.wait():
        tally.ends[f"{type(tests[0]).__name__}, its process"] = FAILED, f"its process ended with {child.returncode}"
    return tally


def groups_of(tests):
    """Tests that share a cluster, in the order given."""
    groups = {}
    for test in tests:
        groups.setdefault(test.id() if getattr(test, "fresh", "") == "test" else type(test), []).append(test)
    return list(groups.values())


def run_groups(groups, jobs):
    tallies = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(run_group, group) for group in groups]
        try:
            tallies = [one.result() for one in running]
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tallies


def run_all(tests, jobs):
    groups = sorted(groups_of(tests), key=lambda group: getattr(group[0], "alone", False))
    shared = [group for group in groups if not getattr(group[0], "alone", False)]
    tallies = run_groups(shared, jobs) + run_groups(groups[len(shared):], 1)
    tally = Tally([])
    for group, first in zip(groups, tallies):
        again = first.to_repeat(group)
        if again:
            print(f"\nonce more: {' '.join(test.id() for test in again)}", flush=True)
            # A failure of the class itself, which stands under a name of its own, shows again if it lasts.
            first.ends = {name: end for name, end in first.ends.items() if end[0] != FAILED}
            first.repeated(run_group(again))
        tally.ends.update(first.ends)
    return tally


def main():
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--list", action="store_true", help="print the ids of the tests, run nothing")
    flags.add_argument("-j", "--jobs", type=int, default=3, help="classes at a time")
    flags.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    flags.add_argument("words", nargs="*", help="run the tests whose id contains one of these")
    args = flags.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ended)
    if args.worker:
        return work(args.words)

    tests = load(args.words)
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

    harness.remove_stale()
    began = time.monotonic()
    tally = run_all(tests, args.jobs)
    print(f"\n{len(tests)} cluster tests in {time.monotonic() - began:.0f} s")
    tally.show()
    return 1 if tally.count(FAILED) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
