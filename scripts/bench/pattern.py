#!/usr/bin/env python3
"""What `weft pattern plan --offline` takes by the number of services, and rendering all of the catalogue.

    scripts/bench/pattern.py [--weft build/release/weft] [--runs 3] [1000 10000 50000]

Processor time and peak memory, the best of the runs. Two kinds of patterns: applications alone, and every second one
with a retry and a timeout that are made for Istio. Bars: 10 000 services in 2 s and 300 MB, time linear in services;
the whole catalogue for all meshes in 1 s.
"""
import argparse
import os
import subprocess
import sys
import tempfile

SERVICE = """  app-{i}:
    type: Application
    namespace: ns-{ns}
    settings:
      replicas: 2
      containers:
        - name: app
          image: registry.example/app:{i}
          ports: [{{containerPort: 8080, name: http}}]
    dependsOn: [{needs}]
"""
TRAITS = """    traits:
      Retry: {{attempts: 3, on: [gateway-error]}}
      Timeout: {{request: 2s}}
"""


def pattern(services, traits):
    yield "name: bench\nservices:\n  base: {type: ConfigMap}\n"
    for i in range(services - 1):
        needs = "base" if i < 100 else f"app-{i // 2}, app-{i // 3}" if i // 2 != i // 3 else "base"
        yield SERVICE.format(i=i, ns=i % 50, needs=needs)
        if traits and i % 2 == 0:
            yield TRAITS.format()


def cost(command, accepted=(0,)):
    """Seconds of processor time and MB of one run."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) not in accepted:
        sys.exit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def best(command, runs):
    costs = [cost(command) for _ in range(runs)]
    return min(seconds for seconds, _ in costs), max(memory for _, memory in costs)


def plan(weft, services, runs, traits):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.writelines(pattern(services, traits))
        file.flush()
        command = [weft, "pattern", "plan", file.name, "--offline", "--mesh", "istio"]
        seconds, memory = best(command, runs)
        size = os.path.getsize(file.name) / 1e6
    kind = "with traits" if traits else "plain"
    print(f"{services:>7} services {kind:11} {size:6.1f} MB  {seconds:7.2f} s  {memory:6.0f} MB", flush=True)
    return seconds, memory


def render_catalogue(weft, runs):
    """All patterns for all meshes in one process: the library's own bench."""
    seconds, memory = best([weft, "pattern", "catalog", "coverage"], runs)
    print(f"the catalogue for all meshes {seconds:7.2f} s  {memory:6.0f} MB")
    return seconds


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--weft", default="build/release/weft")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("services", nargs="*", type=int, default=[1000, 10000, 50000])
    given = options.parse_args()
    too_much = False
    for traits in (False, True):
        found = {n: plan(given.weft, n, given.runs, traits) for n in given.services}
        too_much |= 10000 in found and (found[10000][0] > 2 or found[10000][1] > 300)
    too_much |= render_catalogue(given.weft, given.runs) > 1
    if too_much:
        sys.exit("over a bar")


if __name__ == "__main__":
    main()
