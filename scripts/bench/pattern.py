#!/usr/bin/env python3
"""How long `weft pattern plan --offline` takes, and how much memory, by the number of services.

    scripts/bench/pattern.py [--weft build/release/weft] [1000 10000 50000]

Bars: 10 000 services in 2 s and 300 MB; time linear in services.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

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


def pattern(services):
    yield "name: bench\nservices:\n  base: {type: ConfigMap}\n"
    for i in range(services - 1):
        needs = "base" if i < 100 else f"app-{i // 2}, app-{i // 3}" if i // 2 != i // 3 else "base"
        yield SERVICE.format(i=i, ns=i % 50, needs=needs)


def measure(weft, services, runs):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.writelines(pattern(services))
        file.flush()
        best, memory = float("inf"), 0
        for _ in range(runs):
            started = time.monotonic()
            child = subprocess.Popen([weft, "pattern", "plan", file.name, "--offline"],
                                     stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            if status != 0:
                sys.exit(f"weft ended with {status}")
            best = min(best, time.monotonic() - started)
            memory = max(memory, usage.ru_maxrss / 1024)
        size = os.path.getsize(file.name) / 1e6
        print(f"{services:>7} services {size:6.1f} MB  {best:7.2f} s  {memory:6.0f} MB", flush=True)
        return best, memory


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--weft", default="build/release/weft")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("services", nargs="*", type=int, default=[1000, 10000, 50000])
    given = options.parse_args()
    found = {n: measure(given.weft, n, given.runs) for n in given.services}
    if 10000 in found and (found[10000][0] > 2 or found[10000][1] > 300):
        sys.exit("over the bar of 2 s and 300 MB")


if __name__ == "__main__":
    main()
