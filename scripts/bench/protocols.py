#!/usr/bin/env python3
"""Measures the load engine against h2load (HTTP/2), fortio and ghz (gRPC), side by side.

  scripts/bench/protocols.py [--weft build/release/weft] [--rounds 5] [--seconds 5] [--fortio fortio]
                             [--ghz ghz]

Starts `weft serve` on the last CPU and runs both tools in turn on the first one, in the order
A B B A. HTTP/2: 10 connections of 100 streams, one thread, closed loop. gRPC: unary calls of
fortio's ping, closed loop, each tool at its best of a few shapes: what counts is calls per second
of the generator's CPU, since the server is the same. Ratios are within a round. What is not there
is left out, and said.
"""
import argparse
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from load import free_port, measure, pinned, run_weft


def serve(weft, cpus):
    port = free_port()
    server = subprocess.Popen([weft, "serve", "-q", "--host", "127.0.0.1", "--port", str(port)],
                              preexec_fn=pinned(cpus), stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return server, port
        except OSError:
            time.sleep(0.05)
    server.kill()
    sys.exit("weft serve did not start")


def cpu_us(usage, requests):
    return (usage.ru_utime + usage.ru_stime) * 1e6 / requests


def run_h2load(port, seconds, cpus, environment):
    command = ["h2load", "-t1", "-c10", "-m100", "-D", str(seconds), f"http://127.0.0.1:{port}/"]
    text, usage, _ = measure(command, cpus, environment)
    rate = float(re.search(r"finished in [\d.]+\w+, ([\d.]+) req/s", text)[1])
    requests = int(re.search(r"requests: \d+ total, \d+ started, (\d+) done", text)[1])
    return rate, cpu_us(usage, requests)


def run_fortio(fortio, port, connections, seconds, cpus, environment):
    command = [fortio, "load", "-grpc", "-ping", "-qps", "-1", "-c", str(connections),
               "-t", f"{seconds}s", f"127.0.0.1:{port}"]
    text, usage, _ = measure(command, cpus, dict(environment, GOMAXPROCS="1"))
    found = re.search(r"All done (\d+) calls .* ([\d.]+) qps", text)
    if not found:
        sys.exit(f"{' '.join(command)} printed no result:\n{text}")
    return float(found[2]), cpu_us(usage, int(found[1]))


def run_ghz(ghz, port, connections, seconds, cpus, environment):
    command = [ghz, "--insecure", "--call", "fgrpc.PingServer.Ping", "-c", "50", "--connections",
               str(connections), "--cpus", "1", "-z", f"{seconds}s", f"127.0.0.1:{port}"]
    text, usage, _ = measure(command, cpus, dict(environment, GOMAXPROCS="1"))
    calls = re.search(r"Count:\s+(\d+)", text)
    if not calls:
        sys.exit(f"{' '.join(command)} printed no result:\n{text}")
    return int(calls[1]) / seconds, cpu_us(usage, int(calls[1]))


def weft_runner(arguments, url, flags, cpus, environment):
    def run():
        flags_of_run = ["--qps", "max", "--duration", f"{arguments.seconds}s", *flags]
        _, rate, requests, usage, _ = run_weft(arguments, url, flags_of_run, cpus, environment)
        return rate, cpu_us(usage, requests)
    return run


def compare(title, rounds, tools):
    rows = {name: [] for name in tools}
    for number in range(rounds):
        for name in (list(tools) if number % 2 == 0 else list(reversed(tools))):
            rows[name].append(tools[name]())
    first, second = rows
    pairs = list(zip(rows[first], rows[second]))
    print(f"{title}, {rounds} rounds (medians; ratios within a round)\n")
    print("| tool | per second | CPU us each | per CPU second |\n|---|---|---|---|")
    for name, values in rows.items():
        rate, cpu = (statistics.median(value[i] for value in values) for i in (0, 1))
        print(f"| {name} | {rate:.0f} | {cpu:.2f} | {1e6 / cpu:.0f} |")
    rate, cpu = (statistics.median(a[i] / b[i] for a, b in pairs) for i in (0, 1))
    print(f"| {first} / {second} | {rate:.3f} | {cpu:.3f} | {1 / cpu:.2f} |\n", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weft", default="build/release/weft")
    parser.add_argument("--fortio", default="fortio")
    parser.add_argument("--ghz", default="ghz")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    arguments = parser.parse_args()
    if not shutil.which(arguments.weft):
        sys.exit("SKIPPED, nothing was measured: not found: " + arguments.weft)
    cpus = sorted(os.sched_getaffinity(0))
    ours, servers = {cpus[0]}, {cpus[-1]}
    with tempfile.TemporaryDirectory() as directory:
        environment = dict(os.environ, XDG_DATA_HOME=directory)
        server, port = serve(arguments.weft, servers)
        weft = lambda url, flags: weft_runner(arguments, url, flags, ours, environment)
        try:
            if shutil.which("h2load"):
                compare("HTTP/2, 10 connections of 100 streams", arguments.rounds, {
                    "weft": weft(f"http://127.0.0.1:{port}/",
                                 ["--http", "2", "--connections", 10, "--streams", 100]),
                    "h2load": lambda: run_h2load(port, arguments.seconds, ours, environment)})
            else:
                print("not measured: h2load is not here\n")
            url = f"grpc://127.0.0.1:{port}/fgrpc.PingServer/Ping"
            for connections, streams in ((1, 50), (50, 1)):
                shape = ["--connections", connections, "--streams", streams]
                others = {
                    "fortio": (arguments.fortio, "50 callers", lambda: run_fortio(
                        arguments.fortio, port, 50, arguments.seconds, ours, environment)),
                    "ghz": (arguments.ghz, f"{connections} connections", lambda: run_ghz(
                        arguments.ghz, port, connections, arguments.seconds, ours, environment))}
                for name, (program, what, run) in others.items():
                    if not shutil.which(program):
                        print(f"not measured: {name} is not here\n")
                        continue
                    compare(f"gRPC unary, weft {connections} x {streams} streams, {name} {what}",
                            arguments.rounds, {"weft": weft(url, shape), name: run})
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


if __name__ == "__main__":
    main()
