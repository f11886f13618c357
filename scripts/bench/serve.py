#!/usr/bin/env python3
"""Requests per CPU second: weft serve beside nginx, the same client, alternating.

Both answer a small static body from one thread pinned to the last CPU; wrk (1 thread, 50
connections) runs on the first. CPU time is utime + stime of the server process, so other load on
the machine disturbs the figures less than it disturbs throughput.

    scripts/bench/serve.py [--weft build/release/weft] [--rounds 5] [--seconds 3]
"""
import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

TICK = os.sysconf("SC_CLK_TCK")
NGINX_CONF = """
worker_processes 1;
daemon off;
master_process off;
error_log stderr crit;
pid {dir}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir};
  uwsgi_temp_path {dir}; scgi_temp_path {dir};
  default_type text/plain;
  server {{
    listen 127.0.0.1:{port};
    location / {{ return 200 "ok\\n"; }}
    location /file {{ alias {dir}/ok; open_file_cache max=10; sendfile on; }}
  }}
}}
"""


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url):
    for _ in range(100):
        try:
            return urllib.request.urlopen(url, timeout=1).read()
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{url} does not answer")


def measure(pid, url, seconds, client_cpu):
    before = cpu_seconds(pid)
    out = subprocess.run(["taskset", "-c", str(client_cpu), "wrk", "-t1", "-c50", f"-d{seconds}s", url],
                         check=True, capture_output=True, text=True).stdout
    used = cpu_seconds(pid) - before
    requests = int(re.search(r"(\d+) requests in", out).group(1))
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(f"errors in the run against {url}:\n{out}")
    return requests / used, requests / seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--weft", default="build/release/weft")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()

    cpus = sorted(os.sched_getaffinity(0))
    nginx_port, weft_port = free_port(), free_port()
    pinned = ["taskset", "-c", str(cpus[-1])]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        with open(f"{folder}/ok", "w") as body:
            body.write("ok\n")
        with open(f"{folder}/nginx.conf", "w") as conf:
            conf.write(NGINX_CONF.format(dir=folder, port=nginx_port))
        nginx = subprocess.Popen(pinned + ["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"])
        weft = subprocess.Popen(pinned + [options.weft, "serve", "-q", "--host", "127.0.0.1",
                                          "--port", str(weft_port)])
        targets = {"weft serve": (weft.pid, f"http://127.0.0.1:{weft_port}/"),
                   "nginx return": (nginx.pid, f"http://127.0.0.1:{nginx_port}/"),
                   "nginx file": (nginx.pid, f"http://127.0.0.1:{nginx_port}/file")}
        try:
            for pid, url in targets.values():
                if wait_for(url) != b"ok\n":
                    sys.exit(f"{url} answers something else")
            rates = {name: [] for name in targets}
            for _ in range(options.rounds):
                for name, (pid, url) in targets.items():
                    rates[name].append(measure(pid, url, options.seconds, cpus[0]))
        finally:
            for server in (nginx, weft):
                server.send_signal(signal.SIGTERM)
                server.wait()

    print(f"{'server':14} {'req/CPU s':>10} {'us CPU/req':>10} {'req/s':>9}   (medians of {options.rounds})")
    medians = {}
    for name, rows in rates.items():
        medians[name] = statistics.median(row[0] for row in rows)
        print(f"{name:14} {medians[name]:10.0f} {1e6 / medians[name]:10.2f} "
              f"{statistics.median(row[1] for row in rows):9.0f}")
    for name in ("nginx return", "nginx file"):
        ratios = [a[0] / b[0] for a, b in zip(rates["weft serve"], rates[name])]
        print(f"weft serve / {name}: {statistics.median(ratios):.2f} "
              f"({min(ratios):.2f} to {max(ratios):.2f})")
    return 0 if medians["weft serve"] >= medians["nginx return"] else 1


if __name__ == "__main__":
    sys.exit(main())
