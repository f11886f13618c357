"""What goes wrong, on a real API server: the cause is named, and every command can be repeated."""
import json
import os
import random
import re
import signal
import subprocess
import threading
import time

import harness


class Failure(harness.ClusterTest):
    fresh = "test"

    def charts(self):
        return ["--chart-dir", str(self.realdata("charts/istio").parent)]

    def install(self, *more, **options):
        return self.weft("install", "istio", "--yes", *self.charts(), *more, **options)

    def waiting_reasons(self):
        pods = self.get("pods", namespace="istio-system")
        return [state["state"]["waiting"]["reason"] for pod in pods
                for state in pod.get("status", {}).get("containerStatuses", []) if "waiting" in state["state"]]

    def test_an_image_that_cannot_be_pulled_is_named_within_15_seconds(self):
        self.cluster.outcome({"istio-system.istiod": "image-pull"})
        command = [str(harness.WEFT), "install", "istio", "--yes", *self.charts(), "--timeout", "60s"]
        child = subprocess.Popen(command, env=self.environment(), stderr=subprocess.PIPE, text=True)
        told = []
        reader = threading.Thread(target=lambda: told.extend((time.monotonic(), l) for l in child.stderr))
        reader.start()
        harness.wait_until(lambda: any("Pull" in r for r in self.waiting_reasons()), 60, "the failure")
        appeared = time.monotonic()
        self.assertEqual(6, child.wait(120))
        reader.join()
        child.stderr.close()
        text = "".join(line for _, line in told)
        self.assertIn("Deployment istio-system/istiod", text)
        named = next((moment for moment, line in told if "cannot be pulled" in line), None)
        self.assertIsNotNone(named, text)
        self.assertLess(named - appeared, 15, text)
        self.cluster.outcome({})
        self.install("--timeout", "400s", timeout=600)

    def test_a_webhook_without_a_server_is_named(self):
        service = {"name": "nobody", "namespace": "gone", "path": "/"}
        self.apply({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
                    "metadata": {"name": "left-behind"}, "webhooks": [{
                        "name": "inject.left.example", "failurePolicy": "Fail", "sideEffects": "None",
                        "admissionReviewVersions": ["v1"], "clientConfig": {"service": service},
                        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                                   "resources": ["pods"]}]}]})
        done = self.install("--timeout", "45s", code=None, timeout=120)
        self.assertIn(done.code, (1, 6))
        self.assertIn("inject.left.example", done.stdout + done.stderr)

    def test_without_a_terminal_nothing_happens_unasked(self):
        done = self.weft("install", "istio", *self.charts(), code=7)
        self.assertIn("--yes", done.stderr)
        self.assertIsNone(self.get("namespace", "istio-system"))

    def test_a_second_mesh_that_gets_in_the_way_is_refused(self):
        self.install("--timeout", "400s", timeout=600)
        mesh = self.realdata("charts/osm").parent
        done = self.weft("install", "osm", "--yes", "--chart-dir", mesh, code=1)
        self.assertIn("conflict-mesh", done.stderr)
        self.assertIsNone(self.get("namespace", "osm-system"))

    def test_releases_of_others_are_not_touched(self):
        base = self.realdata("charts/istio/base")
        self.helm("install", "istio-base", str(base), "-n", "istio-system", "--create-namespace")
        done = self.install(code=1)
        self.assertIn("was not installed by weft", done.stderr)
        self.install("--adopt", "--timeout", "400s", timeout=600)

    def test_a_plan_that_is_no_longer_true_is_refused(self):
        plan = self.home / "plan.json"
        self.weft("install", "istio", *self.charts(), "--dry-run", "server", "--plan-out", plan)
        self.assertEqual("weft.plan/v1", json.loads(plan.read_text())["schema"])
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"}})
        self.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {
            "name": "istio", "namespace": "istio-system",
            "labels": {"app.kubernetes.io/managed-by": "Helm"},
            "annotations": {"meta.helm.sh/release-name": "istiod",
                            "meta.helm.sh/release-namespace": "istio-system"}}})
        done = self.weft("install", "istio", *self.charts(), "--plan", plan, code=1)
        self.assertIn("is not what would happen now", done.stderr)

    def test_interrupting_leaves_a_run_that_can_be_repeated(self):
        self.cluster.outcome({"istio-system.istiod": "never-ready"})
        command = [str(harness.WEFT), "install", "istio", "--yes", *self.charts()]
        child = subprocess.Popen(command, env=self.environment(), stderr=subprocess.PIPE, text=True)
        for line in child.stderr:
            if "0/1" in line:
                break
        child.send_signal(signal.SIGINT)
        rest = child.stderr.read()
        self.assertEqual(-signal.SIGINT, child.wait(30), rest)  # 130 to a shell
        self.assertIn("run the same command again", rest)
        self.cluster.outcome({})
        self.install("--timeout", "400s", timeout=600)


class BadInput(harness.ClusterTest):
    """What is wrong is told before anything changes."""

    def refused(self, code, *words, mesh="istio", told=("try: ",), **extra):
        done = self.weft("install", mesh, "--yes", *words, code=code, **extra)
        for text in told:
            self.assertIn(text, done.stderr)
        self.assertIsNone(self.get("namespace", "istio-system"))

    def charts(self):
        return "--chart-dir", self.realdata("charts/istio").parent

    def kubeconfig(self, name, pattern, text):
        path = self.home / name
        path.write_text(re.sub(pattern, text, self.cluster.kubeconfig.read_text()))
        return str(path)

    def test_missing_tools(self):
        self.refused(5, told=["kubectl was not found"], PATH=str(self.home))
        (self.home / "kubectl").symlink_to(self.directory / "kubectl")
        self.refused(5, told=["helm was not found"], PATH=str(self.home))

    def test_no_such_cluster_or_context(self):
        gone = self.kubeconfig("gone", "server: .*", "server: https://127.0.0.1:1")
        self.refused(4, *self.charts(), KUBECONFIG=gone)
        self.refused(4, *self.charts(), "--context", "nope", told=["nope"])
        stranger = self.kubeconfig("stranger", "client-(certificate|key)(-data)?: .*", "token: wrong")
        self.refused(4, *self.charts(), KUBECONFIG=stranger)

    def test_no_such_mesh_version_or_step(self):
        self.refused(2, mesh="isto", told=["did you mean istio?"])
        self.refused(2, "--version", "1.99.0", told=["1.99.0", "1.30"])
        self.refused(2, *self.charts(), "--set", "istoid:a=b", told=["did you mean istiod?"])

    def test_charts_and_values_that_cannot_be_read(self):
        values = self.home / "values.yaml"
        values.write_text("pilot: {replicas: [1\n")
        self.refused(3, *self.charts(), "--values", f"istiod={values}", told=["values.yaml:2:1"])
        for name in ("base", "istiod"):
            chart = self.home / "istio" / name
            (chart / "templates").mkdir(parents=True)
            (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 1.30.3\n")
        (self.home / "istio/istiod/templates/broken.yaml").write_text("a: {{ .Values.no.such.thing }}\n")
        self.refused(None, "--chart-dir", self.home, told=["broken.yaml"])
        (self.home / "istio/base/Chart.yaml").write_text("name: [\n")
        self.refused(3, "--chart-dir", self.home, told=["Chart.yaml"])

    def test_rights_of_which_some_are_missing(self):
        reader = self.cluster.user("reader", {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]})
        self.refused(1, *self.charts(), told=["rights", "create"], KUBECONFIG=str(reader))


class Quota(harness.ClusterTest):
    def test_a_quota_that_leaves_no_room_is_named(self):
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"}},
                   {"apiVersion": "v1", "kind": "ResourceQuota", "spec": {"hard": {"pods": "0"}},
                    "metadata": {"name": "none", "namespace": "istio-system"}})
        charts = self.realdata("charts/istio").parent
        done = self.weft("install", "istio", "--yes", "--chart-dir", charts, "--timeout", "60s", code=6, timeout=120)
        self.assertIn("quota", done.stderr)
        self.kubectl("delete", "resourcequota", "none", "-n", "istio-system")
        self.weft("install", "istio", "--yes", "--chart-dir", charts, "--timeout", "200s", timeout=300)


@harness.each_tool("helm3", "helm4")
class Killed(harness.ClusterTest):
    """weft or helm dies at a random moment; the same command, or recover and the same command, succeeds."""
    limit = 3600
    rounds = int(os.environ.get("WEFT_KILL_ROUNDS") or 4)

    def kill_at_random(self, command, rng, seconds):
        child = subprocess.Popen(command, env=self.environment(), start_new_session=True,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.2, seconds))
        if rng.random() < 0.5:
            victims = [child.pid]
        else:
            listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(child.pid)],
                                    capture_output=True, text=True).stdout.split("\n")
            victims = [int(line.split()[0]) for line in listed if line.strip().endswith("helm")] or [child.pid]
        for victim in victims:
            subprocess.run(["kill", "-KILL", str(victim)], stderr=subprocess.DEVNULL)
        child.wait(120)

    def test_the_same_command_or_recover_succeeds(self):
        seed = int(os.environ.get("WEFT_SEED") or time.time())
        print(f"WEFT_SEED={seed}", flush=True)
        rng = random.Random(seed)
        charts = str(self.realdata("charts/istio").parent)
        install = ["install", "istio", "--yes", "--chart-dir", charts, "--timeout", "400s"]
        started = time.monotonic()
        self.weft(*install, timeout=600)
        usual = time.monotonic() - started
        self.weft("uninstall", "istio", "--yes", "--purge", timeout=600)
        for number in range(self.rounds):
            with self.subTest(round=number):
                self.kill_at_random([str(harness.WEFT), *install], rng, usual)
                if number % 2:
                    self.weft("mesh", "recover", "istio", "--yes", timeout=600)
                self.weft(*install, timeout=600)
                states = {r["status"] for r in json.loads(self.helm("list", "-A", "-o", "json").stdout)}
                self.assertEqual({"deployed"}, states)
                if number % 3 == 0:
                    self.weft("uninstall", "istio", "--yes", "--purge", timeout=600)
