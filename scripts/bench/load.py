#!/usr/bin/env python3
"""Measures the load engine against wrk, side by side, and prints ratios.

  scripts/bench/load.py [--weft build/release/weft] [--rounds 5] [--seconds 5] [--connections 50]

Starts nginx (one worker, a body of 64 bytes) on the last CPU and runs weft and wrk in turn on the
first one, in the order A B B A. Then runs open loops at half of wrk's rate for 10 s and shows how
late requests left and how much memory that took. All of them run ahead of other processes where
that is permitted. Ratios and CPU per request hold on a busy machine; lateness wants a quiet one,
from which no host steals time. Without nginx or wrk it says so and does nothing.
"""
import argparse
import json
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
import urllib.request

NGINX = """
worker_processes 1; pid {dir}/pid; error_log {dir}/error.log; daemon off;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {dir}/1; proxy_temp_path {dir}/2; fastcgi_temp_path {dir}/3;
  uwsgi_temp_path {dir}/4; scgi_temp_path {dir}/5;
  server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ return 200 "{body}"; }} }}
}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def pinned(cpus):
    def prepare():
        os.sched_setaffinity(0, cpus)
        try:
            os.nice(-20)
            with open("/proc/self/autogroup", "w") as file:
                file.write("-20")
        except OSError:
            pass
    return prepare


def start_nginx(directory, cpus):
    port = free_port()
    config = os.path.join(directory, "nginx.conf")
    with open(config, "w") as file:
        file.write(NGINX.format(dir=directory, port=port, body="x" * 64))
    server = subprocess.Popen(["nginx", "-p", directory, "-c", config], preexec_fn=pinned(cpus),
                              stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return server, url
        except OSError:
            time.sleep(0.05)
    server.kill()
    sys.exit("nginx did not start; see " + directory)


def memory(pid):
    try:
        with open(f"/proc/{pid}/status") as file:
            text = file.read()
    except OSError:
        return None
    now, peak = (re.search(rf"{name}:\s+(\d+)", text) for name in ("VmRSS", "VmHWM"))
    return (int(now[1]) / 1024, int(peak[1]) / 1024) if now and peak else None


def measure(command, cpus, environment):
    """Runs a command; its output, CPU seconds and resident memory in MB over time."""
    with tempfile.TemporaryFile("w+") as output:
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT,
                                 preexec_fn=pinned(cpus), env=environment)
        samples, began = [], time.monotonic()
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if sample := memory(child.pid):
                samples.append((time.monotonic() - began, *sample))
            time.sleep(0.1)
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    return text, usage, samples


def run_weft(arguments, url, flags, cpus, environment):
    command = [arguments.weft, "perf", "run", url, "--threads", "1", "-q", "-o", "json", *map(str, flags)]
    text, usage, samples = measure(command, cpus, environment)
    try:
        result = json.loads(text[text.index("{"):])
    except ValueError:
        sys.exit(f"{' '.join(command)} printed no result:\n{text}")
    return result, result["actual_qps"], result["completed"], usage, samples


def run_wrk(arguments, url, seconds, cpus, environment):
    command = ["wrk", "-t1", f"-c{arguments.connections}", f"-d{seconds}s", url]
    text, usage, samples = measure(command, cpus, environment)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    requests = int(re.search(r"(\d+) requests in", text)[1])
    return None, rate, requests, usage, samples


def closed_loop(arguments, url, cpus, environment):
    rows = {"weft": [], "wrk": []}
    for round_number in range(arguments.rounds):
        order = ["weft", "wrk"] if round_number % 2 == 0 else ["wrk", "weft"]
        for tool in order:
            if tool == "weft":
                flags = ["--qps", "max", "--connections", arguments.connections,
                         "--duration", f"{arguments.seconds}s"]
                outcome = run_weft(arguments, url, flags, cpus, environment)
            else:
                outcome = run_wrk(arguments, url, arguments.seconds, cpus, environment)
            _, rate, requests, usage, samples = outcome
            rows[tool].append({
                "rate": rate,
                "cpu": (usage.ru_utime + usage.ru_stime) * 1e6 / requests,
                "user": usage.ru_utime * 1e6 / requests,
                "peak": max((sample[2] for sample in samples), default=0),
            })
    median = lambda tool, key: statistics.median(row[key] for row in rows[tool])
    ratio = lambda key: statistics.median(
        a[key] / b[key] for a, b in zip(rows["weft"], rows["wrk"]))
    print(f"closed loop, {arguments.connections} connections, 1 thread, {arguments.rounds} rounds of "
          f"{arguments.seconds} s (medians; ratios within a round)\n")
    print("| tool | requests/s | CPU us/request | of it user | peak MB |\n|---|---|---|---|---|")
    for tool in rows:
        print(f"| {tool} | {median(tool, 'rate'):.0f} | {median(tool, 'cpu'):.2f} "
              f"| {median(tool, 'user'):.2f} | {median(tool, 'peak'):.1f} |")
    print(f"| weft / wrk | {ratio('rate'):.3f} | {ratio('cpu'):.3f} | {ratio('user'):.3f} | |\n")
    return median("wrk", "rate")


def stolen_ms():
    """Time that the host took from this machine's CPUs since it started."""
    with open("/proc/stat") as file:
        return int(file.readline().split()[8]) * 1000 / os.sysconf("SC_CLK_TCK")


def open_loop(arguments, url, rate, cpus, environment):
    print(f"open loop at half of that rate, {arguments.connections} connections and those it adds, "
          "10 s\n")
    print("| arrivals | planned | skipped | lag p50 us | lag p99 us | lag max us | own part p99 us "
          "| CPU us/request | peak MB | growth while measuring MB | stolen ms | verdict |\n"
          "|---|---|---|---|---|---|---|---|---|---|---|---|")
    for arrival in ("uniform", "poisson"):
        stolen = stolen_ms()
        flags = ["--qps", round(rate / 2), "--arrival", arrival, "--duration", "10s",
                 "--warmup", "2s", "--connections", arguments.connections]
        result, _, _, usage, samples = run_weft(arguments, url, flags, cpus, environment)
        stolen = stolen_ms() - stolen
        lag, own = result["send_lag_us"], result["generator_lag_us"]
        settled = [sample[1] for sample in samples if sample[0] > 4]
        growth = settled[-1] - settled[0] if settled else 0
        print(f"| {arrival} | {result['planned']} | {result.get('skipped', 0)} | {lag['p50']:.1f} "
              f"| {lag['p99']:.1f} | {lag['max']:.1f} | {own['p99']:.1f} "
              f"| {(usage.ru_utime + usage.ru_stime) * 1e6 / result['completed']:.2f} "
              f"| {max(sample[2] for sample in samples):.1f} | {growth:.1f} | {stolen:.0f} "
              f"| {result['verdict']} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weft", default="build/release/weft")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=50)
    arguments = parser.parse_args()
    missing = [tool for tool in (arguments.weft, "nginx", "wrk") if not shutil.which(tool)]
    if missing:
        sys.exit("SKIPPED, nothing was measured: not found: " + ", ".join(missing))
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) == 1:
        print("only one CPU: server and clients share it\n")
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        environment = dict(os.environ, XDG_DATA_HOME=directory)
        server, url = start_nginx(directory, {cpus[-1]})
        try:
            rate = closed_loop(arguments, url, {cpus[0]}, environment)
            open_loop(arguments, url, rate, {cpus[0]}, environment)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


if __name__ == "__main__":
    main()
