#!/usr/bin/env python3
"""What `weft install` costs over the same helm calls by hand: seconds from the command to a ready control plane.

    scripts/bench/lifecycle.py [WEFT] [--mesh istio] [--rounds 5] [--tool helm4]

Starts a cluster with simulated nodes and installs the mesh from published charts (WEFT_REALDATA),
by turns with weft and with `helm upgrade --install --wait`, release by release, uninstalling after
each. Prints both medians, their difference and ratio; the bar is 10 % or one second.
"""
import argparse
import os
import pathlib
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cluster"))

import harness  # noqa: E402
import tools  # noqa: E402

# Release, chart and namespace of each step, in order.
STEPS = {
    "istio": [("istio-base", "base", "istio-system"), ("istiod", "istiod", "istio-system")],
    "kuma": [("kuma", "kuma", "kuma-system")],
    "osm": [("osm", "osm", "osm-system")],
}


def must(*command, env):
    began = time.monotonic()
    done = harness.run(*command, env=env, timeout=600)
    if done.code:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.code}\n{done.stderr}")
    return time.monotonic() - began


def by_weft(weft, mesh, charts, env):
    took = must(weft, "install", mesh, "--chart-dir", charts, "--yes", env=env)
    must(weft, "uninstall", mesh, "--purge", "--yes", env=env)
    return took


def by_hand(helm, mesh, charts, weft, env):
    took = 0.0
    for release, chart, namespace in STEPS[mesh]:
        took += must(helm, "upgrade", "--install", release, charts / mesh / chart, "--namespace", namespace,
                     "--create-namespace", "--wait", env=env)
    must(weft, "uninstall", mesh, "--purge", "--adopt", "--yes", env=env)
    return took


def main():
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("weft", nargs="?", default="build/release/weft", type=pathlib.Path)
    flags.add_argument("--mesh", choices=STEPS, default="istio")
    flags.add_argument("--rounds", type=int, default=5)
    flags.add_argument("--tool", default="helm4")
    options = flags.parse_args()
    charts, folder = harness.REALDATA / "charts", tools.get(options.tool)
    if not charts.exists():
        sys.exit(f"{charts} is not there (WEFT_REALDATA)")
    cluster = harness.Cluster("fake")
    with tempfile.TemporaryDirectory() as home:
        env = {"PATH": f"{folder}:{os.defpath}", "HOME": home, "KUBECONFIG": str(cluster.kubeconfig)}
        weft, hand = [], []
        for _ in range(options.rounds):
            weft.append(by_weft(options.weft.absolute(), options.mesh, charts, env))
            hand.append(by_hand(folder / "helm", options.mesh, charts, options.weft.absolute(), env))
    cluster.down()
    ours, theirs = statistics.median(weft), statistics.median(hand)
    print(f"{options.mesh}, {options.tool}, {options.rounds} rounds, medians (all)")
    for name, times in (("weft", weft), ("helm", hand)):
        print(f"  {name} {statistics.median(times):6.2f} s  ({' '.join(f'{t:.2f}' for t in sorted(times))})")
    print(f"  over {ours - theirs:6.2f} s  ({ours / theirs:.2f} times)")


if __name__ == "__main__":
    main()
