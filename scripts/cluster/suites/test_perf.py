"""Load from pods: an Indexed Job whose workers begin together, and whose results become one."""
import base64
import collections
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
import zlib

import harness
import reference_mesh

IMAGE = "weft.local/weft:load"
SERVICE = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: shop}}}}
  template:
    metadata: {{labels: {{app: shop}}}}
    spec:
      containers:
      - name: shop
        image: {IMAGE}
        readinessProbe: {{httpGet: {{path: /health, port: 9091}}, periodSeconds: 1}}
---
apiVersion: v1
kind: Service
metadata: {{name: shop}}
spec: {{selector: {{app: shop}}, ports: [{{port: 80, targetPort: 9091}}]}}
"""


def cells(text):
    """The counts of an HdrHistogram V2 payload by index: ZigZag LEB128, a negative number skips cells."""
    payload = zlib.decompress(base64.b64decode(text)[8:])
    counts, index, at = collections.Counter(), 0, 40
    while at < 40 + int.from_bytes(payload[4:8], "big"):
        value = shift = 0
        while True:
            byte = payload[at]
            at += 1
            value |= (byte if shift == 56 else byte & 127) << shift
            shift += 7
            if byte < 128 or shift > 56:
                break
        value = (value >> 1) ^ -(value & 1)
        if value < 0:
            index -= value
            continue
        if value:
            counts[index] = value
        index += 1
    return counts


class LoadTest(harness.ClusterTest):
    nodes = "real"
    alone = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not harness.STATIC_WEFT.exists():
            raise harness.unittest.SkipTest(f"{harness.STATIC_WEFT} is not there (scripts/build.sh release, or "
                                            "WEFT_STATIC)")
        with tempfile.TemporaryDirectory() as work:
            archive = pathlib.Path(work, "weft.tar")
            harness.run(harness.WEFT, "image", "export", "--archive", archive, "--binary", harness.STATIC_WEFT,
                        "--name", IMAGE)
            cls.cluster.load_image(archive)
        cls.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "load"}})

    WORKERS = ["-n", "load", "--image", IMAGE, "--worker-cpu", "0", "--worker-memory", "0"]
    WORDS = ["perf", "run", "http://shop.load/echo", "--in-cluster", "--workers", "4", *WORKERS]

    @classmethod
    def deploy(cls, *namespaces):
        for namespace in namespaces:
            cls.cluster.kubectl("-n", namespace, "apply", "-f", "-", text=SERVICE)
        for namespace in namespaces:
            cls.cluster.kubectl("-n", namespace, "rollout", "status", "deployment/shop", "--timeout=90s")

    def jobs(self):
        return [job["metadata"]["name"] for job in self.get("jobs", namespace="load")]


class Load(LoadTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deploy("load")

    def start(self, *words):
        process = subprocess.Popen([harness.WEFT, *self.WORDS, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env=self.environment(), cwd=self.home)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def wait_for_start(self, process):
        for line in process.stderr:
            if "begin together" in line:
                return
        self.fail("the workers never began")

    def test_the_result_is_the_sum_of_four_workers_cell_for_cell(self):
        run = json.loads(self.weft(*self.WORDS, "--qps", "203", "-d", "5s", "--arrival", "uniform", "--worker-results",
                                   "workers", "-o", "json", code=None).stdout)
        workers = [json.loads(path.read_text()) for path in sorted((self.home / "workers").iterdir())]
        self.assertEqual(4, len(workers))
        for times in ("latency_us", "service_time_us", "send_lag_us", "generator_lag_us"):
            total = sum((cells(worker[times]["histogram"]) for worker in workers), collections.Counter())
            self.assertEqual(total, cells(run[times]["histogram"]), times)
        self.assertEqual(1015, run["planned"])
        self.assertEqual(1015, run["completed"])
        self.assertEqual({"200": 1015}, run["statuses"])
        self.assertEqual({254, 253}, {worker["completed"] for worker in workers})
        self.assertEqual(203, run["requested_qps"])
        self.assertEqual(50, run["setup"]["connections"])
        self.assertEqual([], self.jobs())

    def test_a_killed_worker_makes_the_result_invalid(self):
        process = self.start("--qps", "100", "-d", "15s")
        self.wait_for_start(process)
        time.sleep(8)
        pods = self.get("pods", namespace="load", selector="weft.dev/load")
        victim = next(pod["metadata"]["name"] for pod in pods if "-1-" in pod["metadata"]["name"][-8:])
        self.kubectl("-n", "load", "delete", "pod", victim, "--force", "--grace-period=0")
        out, _ = process.communicate(timeout=90)
        self.assertEqual(8, process.returncode, out)
        self.assertIn("worker 2 of 4 gave no result", out)
        self.assertEqual([], self.jobs())

    def test_an_interruption_keeps_what_was_measured_and_leaves_nothing(self):
        process = self.start("--qps", "100", "-d", "60s", "--header", "A: b")
        self.wait_for_start(process)
        time.sleep(10)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        self.assertEqual(-signal.SIGINT, process.returncode, out)
        self.assertIn("interrupted", out)
        self.assertEqual([], self.jobs())

    def test_what_a_killed_command_left_is_removed_by_the_next(self):
        (self.home / "body").write_text("hello")
        process = self.start("--qps", "100", "-d", "60s", "--body-file", "body")
        self.wait_for_start(process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assertEqual(1, len(self.jobs()))
        done = self.weft(*self.WORDS, "--qps", "100", "-d", "1s", "--body-file", "body", code=None)
        self.assertIn("removed 1 Job of a run that was killed", done.stderr)
        self.assertEqual([], self.jobs())
        harness.wait_until(lambda: not self.get("secrets", namespace="load"), 15, "no Secret left")

    def test_missing_rights_and_images_are_named(self):
        reader = self.cluster.user("reader", {"apiGroups": ["", "batch"], "resources": ["pods", "jobs"],
                                              "verbs": ["get", "list"]})
        done = self.weft(*self.WORDS, "--qps", "100", "-d", "1s", code=4, KUBECONFIG=str(reader))
        self.assertIn("you may not create jobs", done.stderr)
        self.assertIn("kubectl create role", done.stderr)
        done = self.weft(*self.WORDS, "--qps", "100", "-d", "1s", "--image", "weft.local/none:1", code=6)
        self.assertIn("does not start", done.stderr)
        self.assertEqual([], self.jobs())

    def test_a_killed_command_leaves_no_load_for_longer_than_a_minute(self):
        process = self.start("--qps", "100", "-d", "600s")
        self.wait_for_start(process)
        process.send_signal(signal.SIGKILL)
        process.wait()

        def alive():
            return [pod for pod in self.get("pods", namespace="load", selector="weft.dev/load")
                    if pod["status"]["phase"] == "Running" and "deletionTimestamp" not in pod["metadata"]]

        self.assertEqual(4, len(alive()))
        harness.wait_until(lambda: not alive(), 80, "the pods to end")
        job, = self.get("jobs", namespace="load")
        self.assertEqual("DeadlineExceeded", job["status"]["conditions"][-1]["reason"])

    def test_what_pods_use_is_told_by_the_kubelet_where_there_is_no_metrics_server(self):
        done = self.weft(*self.WORDS, "--qps", "500", "-d", "35s", "--usage", "app=pods:load/app=shop", "-o", "json",
                         code=None, timeout=120)
        self.assertTrue(done.stdout, done.stderr)
        app = json.loads(done.stdout)["resources"]["app"]
        self.assertGreater(app["cpu_mcores"], 1)
        self.assertLess(app["cpu_mcores"], 2000)
        self.assertGreater(app["mem_mb"], 1)
        done = self.weft(*self.WORDS, "--qps", "5", "-d", "1s", "--usage", "dp=pods:load/app=none", code=4)
        self.assertIn("dp=pods:load/app=none", done.stderr)

    def test_pods_that_the_kubelet_does_not_know_yet_are_waited_for(self):
        self.kubectl("-n", "load", "apply", "-f", "-", text=SERVICE.replace("shop", "late"))
        done = self.weft(*self.WORDS, "--qps", "100", "-d", "35s", "--usage", "app=pods:load/app=late", "-o", "json",
                         code=None, timeout=200)
        self.assertIn("waiting, up to 1m30s: ", done.stderr)
        self.assertTrue(done.stdout, done.stderr)
        self.assertGreater(json.loads(done.stdout)["resources"]["app"]["mem_mb"], 1)

    def test_workers_get_the_bodies_tables_and_variables_that_a_list_names(self):
        (self.home / "bodies").mkdir()
        (self.home / "bodies/pay.json").write_bytes(b"x" * 5000 + b'{{users.name}}\xff')
        (self.home / "cart").write_text("short")
        (self.home / "list").write_text(f"POST /echo\n@bodies/pay.json\n\nPUT /echo\n@{self.home}/cart\n")
        (self.home / "users.csv").write_text("name\nana\n")
        run = json.loads(self.weft(*self.WORDS, "--targets", "list", "--data", "users=users.csv", "--header",
                                   "A: {{env:TOKEN}}", "--qps", "100", "-d", "4s", "--arrival", "uniform", "-o", "json",
                                   code=None, TOKEN="abc").stdout)
        self.assertEqual({"200": 400}, run["statuses"])
        self.assertEqual({"POST /echo": 200, "PUT /echo": 200},
                         {name: part["completed"] for name, part in run["targets"].items()})
        self.assertGreater(run["bytes"]["sent"], 200 * 5000)

    @contextlib.contextmanager
    def prometheus(self):
        """The URL of a Prometheus that reads what the kubelet tells, through the API server."""
        program = shutil.which("prometheus")
        if not program:
            self.skipTest("prometheus is not installed")
        settings = self.cluster.settings()
        pki = self.cluster.state / "pki"
        node = self.get("nodes")[0]["metadata"]["name"]
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        (self.home / "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": "5s"}, "scrape_configs": [{
                "job_name": "kubelet", "scheme": "https", "honor_labels": True,
                "metrics_path": f"/api/v1/nodes/{node}/proxy/metrics/resource",
                "tls_config": {"ca_file": f"{pki}/ca.crt", "cert_file": f"{pki}/admin.crt", "key_file": f"{pki}/admin.key"},
                "static_configs": [{"targets": [f"{settings['node_ip']}:{settings['port']}"]}]}]}))
        url = f"http://127.0.0.1:{port}"

        def ready():
            with contextlib.suppress(OSError):
                return urllib.request.urlopen(f"{url}/-/ready", timeout=5).status == 200

        with subprocess.Popen([program, f"--config.file={self.home}/prometheus.yml", "--log.level=error",
                               f"--storage.tsdb.path={self.home}/tsdb", f"--web.listen-address=127.0.0.1:{port}"],
                              env={"PATH": os.defpath}) as process:
            try:
                harness.wait_until(ready, 30, "Prometheus")
                yield url
            finally:
                process.terminate()

    def test_a_prometheus_tells_what_the_kubelets_tell(self):
        with self.prometheus() as url:
            done = self.weft(*self.WORDS, "--qps", "500", "-d", "50s", "--usage", "app=kubelet:load/app=shop/shop",
                             "--usage", "dp=prometheus:load/shop-.*/shop", "--prometheus", url, "-o", "json", code=None,
                             timeout=200)
        self.assertTrue(done.stdout, done.stderr)
        run = json.loads(done.stdout)
        used = run["resources"]
        self.assertEqual({"app", "dp"}, set(used), run.get("warnings"))
        self.assertAlmostEqual(1, used["dp"]["cpu_mcores"] / used["app"]["cpu_mcores"], delta=0.4)
        self.assertAlmostEqual(1, used["dp"]["mem_mb"] / used["app"]["mem_mb"], delta=0.3)


class Cost(LoadTest):
    """What a mesh costs: two services that are the same, one of them behind the proxies of the reference mesh."""

    limit = 600

    def test_overhead_of_two_namespaces_tells_what_the_proxies_cost(self):
        with reference_mesh.ReferenceMesh(self.cluster) as mesh:
            mesh.injector.container["resources"] = {"limits": {"cpu": "500m", "memory": "64Mi"}}
            for name, labels in ("meshed", {reference_mesh.INJECT: "enabled"}), ("plain", {}):
                self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
            time.sleep(1)  # the API server reads its webhooks anew about once a second
            self.deploy("meshed", "plain")
            done = self.weft("perf", "overhead", "--meshed-namespace", "meshed", "--plain-namespace", "plain", "--path",
                             "/echo", "--runs", "2", "--qps", "300", "-d", "30s", *self.WORKERS, "-o", "json",
                             timeout=500, code=None)
        self.assertTrue(done.stdout, done.stderr)
        told = json.loads(done.stdout)
        costs = {(cost["part"], cost["meshed"]): cost for cost in told["costs"]}
        self.assertEqual({("app", False), ("app", True), ("dp", True)}, set(costs), done.stderr)
        for part, cost in costs.items():
            with self.subTest(part):
                self.assertGreater(cost["cpu_mcores"], 0.5)
                self.assertGreater(cost["mem_mb"], 0.5)
                self.assertAlmostEqual(cost["cpu_mcores"] / 300, cost["cpu_s_per_1000_requests"], delta=0.1)
                self.assertAlmostEqual(cost["mem_mb"] * 1000 / 300, cost["mem_mb_per_1000_qps"], delta=1)
        compared = {row["metric"]: row for row in told["comparison"]["against_first"][0]["differences"]}
        self.assertLess(compared["p50"]["a_us"], compared["p50"]["b_us"])
        self.assertAlmostEqual(300, compared["qps"]["b"], delta=10)
        mark = told["meshmark"]
        self.assertTrue(0 < mark["score"] < 100 and not mark["partial"], mark)
        explained = {mue["id"]: mue for group in mark["classes"] for mue in group["mues"]}
        self.assertEqual({"cpu_dp", "mem_dp", "p50", "p90", "p99", "rps", "success"}, set(explained))
        self.assertAlmostEqual(1000, explained["cpu_dp"]["inputs"]["assigned"])  # two proxies of half a CPU
        self.assertEqual(costs["dp", True]["cpu_mcores"], explained["cpu_dp"]["inputs"]["used"])
        self.assertEqual([], self.jobs())
