#!/usr/bin/env python3
"""Speed of `weft validate`: time and memory at 1, 5 and 50 MB, against kubectl on the same bytes.

    scripts/bench/validate.py [WEFT] [--out FOLDER] [--runs N]

kubectl only decodes and prints the objects (annotate --local); weft reads, indexes and runs every
rule. Of the runs, which take turns, the best counts; "times" is kubectl's time over weft's, by the
clock and by the processor. kubectl is left out at 50 MB, and where it is not installed.
"""
import argparse
import os
import shutil
import subprocess
import tempfile
import time

SIZES_MB = (1, 5, 50)

APP = """\
---
# Service {i} of the generated shop.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{i}
  namespace: ns-{n}
  labels: &labels-{i}
    app: app-{i}
    version: v1
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app-{i}
  template:
    metadata:
      labels: *labels-{i}
    spec:
      containers:
      - name: app
        image: "registry.example.com/app-{i}:1.{n}"
        args: ["--listen", ":8080", '--name={i}']
        env:
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        - {{name: DATABASE_URL, value: "postgres://db.ns-{n}.svc.cluster.local:5432/app-{i}"}}
        - {{name: LOG_LEVEL, value: info}}
        ports: [{{name: http, containerPort: 8080}}]
        readinessProbe:
          httpGet: {{path: /healthz, port: http}}
          periodSeconds: 5
        livenessProbe:
          httpGet:
            path: /livez
            port: http
        securityContext:
          runAsNonRoot: true
          allowPrivilegeEscalation: false
          capabilities: {{drop: [ALL]}}
        resources: {{requests: {{cpu: 100m, memory: 64Mi}}, limits: {{memory: 128Mi}}}}
---
apiVersion: v1
kind: Service
metadata:
  name: app-{i}
  namespace: ns-{n}
  labels: {{app: app-{i}, team: team-{k}}}
  annotations: {{prometheus.io/scrape: "true", prometheus.io/port: "8080"}}
spec:
  selector: {{app: app-{i}}}
  ports:
  - {{name: http, port: 80, targetPort: http}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: app-{i}
  namespace: ns-{n}
  annotations:
    description: |
      Sends a tenth of the traffic of app-{i}
      to its next version.
spec:
  hosts: [app-{i}]
  http:
  - match: [{{uri: {{prefix: /api/v{n}}}}}]
    timeout: 5s
    retries: {{attempts: 2, perTryTimeout: 1s}}
    route:
    - destination: {{host: app-{i}, subset: v1}}
      weight: 90
    - destination: {{host: app-{m}.ns-{k}.svc.cluster.local}}
      weight: 10
  - name: beta
    match:
    - headers:
        x-user-group: {{exact: beta}}
      uri:
        prefix: /beta
    rewrite: {{uri: /}}
    headers:
      request:
        set: {{x-forwarded-by: mesh}}
    route:
    - destination:
        host: app-{i}
        subset: v1
        port: {{number: 80}}
  - route:
    - destination: {{host: app-{i}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{name: app-{i}, namespace: ns-{n}}}
spec:
  host: app-{i}
  trafficPolicy:
    connectionPool:
      tcp: {{maxConnections: 100, connectTimeout: 2s}}
      http: {{http2MaxRequests: 1000, maxRequestsPerConnection: 10}}
    outlierDetection: {{consecutive5xxErrors: 5, interval: 30s, baseEjectionTime: 30s}}
    tls:
      mode: ISTIO_MUTUAL
  subsets:
  - {{name: v1, labels: {{version: v1}}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {{name: app-{i}, namespace: ns-{n}}}
spec:
  selector: {{matchLabels: {{app: app-{i}}}}}
  rules:
  - from: [{{source: {{namespaces: [ns-{k}]}}}}]
    to: [{{operation: {{methods: [GET, POST], paths: ["/api/*"]}}}}]
  - from:
    - source:
        principals:
        - cluster.local/ns/ns-{k}/sa/app-{m}
        - cluster.local/ns/istio-ingress/sa/gateway
    when:
    - key: request.headers[x-tenant]
      values: ["tenant-{n}", "tenant-{k}"]
"""


def generate(path, megabytes):
    """Writes about that many bytes, a twentieth of the services in each namespace."""
    size, i = 0, 0
    with open(path, "w", encoding="utf-8") as out:
        while size < megabytes * 1_000_000:
            m = i // 2
            size += out.write(APP.format(i=i, n=i % 20, m=m, k=m % 20))
            i += 1
    return i * 5


def measure(command):
    """Seconds of processor, seconds of wall and MB of the program run."""
    with tempfile.TemporaryFile() as sink:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=sink, stderr=sink)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        code = os.waitstatus_to_exitcode(status)
        return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, code


def best_of(runs, programs):
    """For each program the least processor and wall seconds, the peak, and the exit code."""
    taken = {name: [] for name, _ in programs}
    for _ in range(runs):
        for name, command in programs:
            taken[name].append(measure(command))
    return {name: (min(cpu), min(wall), max(peak), code[0])
            for name, all_runs in taken.items() for cpu, wall, peak, code in [tuple(zip(*all_runs))]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weft", nargs="?", default="build/release/weft")
    parser.add_argument("--out", help="keep the generated files here")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    folder = arguments.out or tempfile.mkdtemp(prefix="weft-bench-")
    os.makedirs(folder, exist_ok=True)
    kubectl = shutil.which("kubectl")
    print("MB   documents  program   cpu s   wall s   peak MB  exit")
    for megabytes in SIZES_MB:
        path = os.path.join(folder, f"{megabytes}mb.yaml")
        documents = generate(path, megabytes)
        runs = [("weft", [arguments.weft, "validate", "--fail-on", "never", "-o", "name", path])]
        if kubectl and megabytes <= 5:
            runs.append(("kubectl", [kubectl, "annotate", "--local", "-f", path, "-o", "name", "a=b"]))
        best = best_of(arguments.runs, runs)
        for name, (cpu, wall, peak, code) in best.items():
            print(f"{megabytes:<4} {documents:<10} {name:<8} {cpu:6.2f}  {wall:7.3f}  {peak:8.0f}  {code}")
        if "kubectl" in best:
            cpu, wall = (best["kubectl"][i] / best["weft"][i] for i in (0, 1))
            print(f"     times: {wall:.1f} by the clock, {cpu:.1f} by the processor")
    if not arguments.out:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
