#!/usr/bin/env python3
"""What `weft install` costs over the same helm calls by hand: seconds from the command to a ready control plane.

    scripts/bench/lifecycle.py [WEFT] [--mesh istio] [--rounds 5] [--tool helm4]

Starts a cluster with simulated nodes and installs the mesh from published charts (WEFT_REALDATA),
by turns with weft and with `helm upgrade --install --wait`, release by release, uninstalling after
each. Prints both medians, their difference and ratio; the bar is 10 % or one second.
"""
import argparse
import base64
import os
import pathlib
import re
import statistics
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cluster"))

import harness  # noqa: E402
import kapi  # noqa: E402
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


def trust_webhooks(cluster):
    """Gives webhooks a caBundle, as a control plane does that really runs; weft waits for it."""
    server = re.search("server: (.*)", cluster.kubeconfig.read_text()).group(1)
    api = kapi.Api(server, cluster.state / "pki")
    path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
    bundle = base64.b64encode((cluster.state / "pki/ca.crt").read_bytes()).decode()

    def write():
        for _, found in api.watch(path):
            for each in found if isinstance(found, list) else [found]:
                empty = [w for w in each["webhooks"] if not w["clientConfig"].get("caBundle")]
                for webhook in empty:
                    webhook["clientConfig"]["caBundle"] = bundle
                if empty:
                    api.call("PUT", f"{path}/{each['metadata']['name']}", each)
    threading.Thread(target=write, daemon=True).start()


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
    trust_webhooks(cluster)
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
