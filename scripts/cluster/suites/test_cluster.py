"""The test cluster itself: it starts, stands beside another, pretends what it is told, and leaves nothing."""
import glob
import os
import pathlib
import signal
import subprocess
import time
import unittest

import harness


def deployment(name, namespace="default", image="example.test/app:1", annotations=None, **spec):
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": namespace},
            "spec": {"selector": {"matchLabels": labels}, "template": {
                "metadata": {"labels": labels, "annotations": annotations or {}},
                "spec": {"containers": [{"name": "app", "image": image}], **spec}}}}


class Traces:
    """What a running cluster can be seen by on the machine, to look for it afterwards."""

    def __init__(self, cluster):
        self.state = str(cluster.state)
        self.unit = cluster.settings()["unit"]
        first = (cluster.state / "process-1").read_text().strip()
        self.pid_namespace = os.readlink(f"/proc/{first}/ns/pid")

    def found(self):
        seen = [m for m in pathlib.Path("/proc/mounts").read_text().splitlines() if self.state + "/" in m]
        seen += [f"link {self.unit}"] * os.path.exists(f"/sys/class/net/{self.unit}")
        seen += [f"netns {self.unit}"] * os.path.exists(f"/run/netns/{self.unit}")
        seen += [self.state] * os.path.exists(self.state)
        seen += glob.glob(f"/sys/fs/cgroup/{self.unit}") + glob.glob(f"/sys/fs/cgroup/*/{self.unit}")
        for process in glob.glob("/proc/[0-9]*"):
            try:
                state = pathlib.Path(process, "stat").read_text().rpartition(")")[2].split()[0]
                if state not in "ZX" and os.readlink(process + "/ns/pid") == self.pid_namespace:
                    seen.append(f"{process} {pathlib.Path(process, 'cmdline').read_text()}")
            except OSError:
                pass  # it has just ended
        return seen


class UpAndDown(harness.ClusterTest):
    nodes = None

    def start(self, nodes):
        cluster = harness.Cluster(nodes)
        self.addCleanup(cluster.down)
        return cluster

    def assert_gone(self, traces):
        """A process that was killed takes a moment to be buried."""
        deadline = time.monotonic() + 10
        while traces.found() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual([], traces.found())

    def test_two_stand_side_by_side_and_leave_nothing(self):
        one, other = self.start("fake"), self.start("none")
        self.assertNotEqual(one.settings()["unit"], other.settings()["unit"])
        one.kubectl("create", "namespace", "only-in-one")
        self.assertIsNone(other.get("namespace", "only-in-one"))
        self.assertEqual([], other.get("nodes"))
        traces = Traces(one), Traces(other)
        self.assertNotEqual([], traces[0].found())
        one.down()
        self.assert_gone(traces[0])
        self.assertIsNotNone(other.get("namespace", "default"))
        other.down()
        self.assert_gone(traces[1])

    def test_up_again_answers_with_the_cluster_that_runs(self):
        cluster = self.start("none")
        again = harness.run(harness.HERE / "up.sh", "--name", cluster.name, "--nodes", "none")
        self.assertEqual((0, str(cluster.kubeconfig)), (again.code, again.stdout.strip()))
        differs = harness.run(harness.HERE / "up.sh", "--name", cluster.name, "--nodes", "fake")
        self.assertEqual(1, differs.code)
        self.assertIn("runs with --nodes none", differs.stderr)

    def test_an_interrupted_start_leaves_only_logs(self):
        name = f"cut-{os.getpid()}"
        with subprocess.Popen([harness.HERE / "up.sh", "--name", name], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as starting:
            time.sleep(3)
            starting.send_signal(signal.SIGTERM)
            starting.communicate(timeout=60)
        left = {path.name for path in (harness.STATE / name).iterdir()}
        harness.run(harness.HERE / "down.sh", "--name", name)
        self.assertLessEqual(left, {"logs", "timing"})

    def test_usage_errors_are_told_apart(self):
        self.assertEqual(2, harness.run(harness.HERE / "up.sh", "--bogus", "1").code)
        bad = harness.run(harness.HERE / "up.sh", "--name", "Not A Name")
        self.assertIn("is no cluster name", bad.stderr)


class FakeNodes(harness.ClusterTest):
    """Whatever makes a workload not ready can be had, with the reason that a real cluster gives."""

    def pods(self, name):
        return self.get("pods", namespace="default", selector=f"app={name}")

    def waits_for(self, name, reason):
        def holds():
            return any(reason in (c.get("state", {}).get("waiting") or {}).get("reason", "")
                       for p in self.pods(name) for kind in ("containerStatuses", "initContainerStatuses")
                       for c in p["status"].get(kind) or [])
        harness.wait_until(holds, 30, f"{name} waiting for {reason}")

    def event(self, kind, reason, text=""):
        def holds():
            return any(e["involvedObject"]["kind"] == kind and e["reason"] == reason and text in e["message"]
                       for e in self.get("events", namespace="default"))
        harness.wait_until(holds, 30, f"an event {reason} of a {kind} with \"{text}\"")

    def rollout(self, name, seconds=30):
        self.kubectl("rollout", "status", f"deployment/{name}", f"--timeout={seconds}s")

    def test_a_workload_becomes_ready_whatever_its_image(self):
        self.apply(deployment("good"))
        self.rollout("good")

    def test_reasons_that_containers_wait_for(self):
        reasons = {"image-pull": "ImagePullBackOff", "crash": "CrashLoopBackOff", "oom": "CrashLoopBackOff",
                   "config-error": "CreateContainerConfigError", "stuck": "ContainerCreating"}
        for outcome in reasons:
            self.apply(deployment(outcome, annotations={"weft.test/outcome": outcome}))
        for outcome, reason in reasons.items():
            with self.subTest(outcome):
                self.waits_for(outcome, reason)
        oom = self.pods("oom")[0]["status"]["containerStatuses"][0]["lastState"]["terminated"]
        self.assertEqual((137, "OOMKilled"), (oom["exitCode"], oom["reason"]))
        self.event("Pod", "BackOff", 'Back-off pulling image "example.test/app:1"')
        self.event("Pod", "FailedMount")

    def test_an_init_container_fails(self):
        self.apply(deployment("init", annotations={"weft.test/outcome": "init-crash"},
                              initContainers=[{"name": "first", "image": "example.test/init:1"}]))
        self.waits_for("init", "CrashLoopBackOff")
        self.assertEqual("Pending", self.pods("init")[0]["status"]["phase"])

    def test_a_rule_breaks_and_heals_a_running_workload(self):
        self.apply(deployment("patient"))
        self.rollout("patient")
        self.cluster.outcome({"default.patient": "never-ready"})
        self.event("Pod", "Unhealthy", "Readiness probe failed")
        harness.wait_until(lambda: not self.get("deployment", "patient", "default")["status"].get("readyReplicas"))
        self.cluster.outcome({})
        self.rollout("patient")

    def test_jobs_succeed_and_fail(self):
        def job(name, **annotations):
            return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": "default"},
                    "spec": {"backoffLimit": 0, "template": {
                        "metadata": {"annotations": annotations}, "spec": {"restartPolicy": "Never", "containers": [
                            {"name": "work", "image": "example.test/job:1"}]}}}}
        self.apply(job("good"), job("bad", **{"weft.test/outcome": "fail"}))
        self.kubectl("wait", "job/good", "--for=condition=Complete", "--timeout=30s")
        self.kubectl("wait", "job/bad", "--for=condition=Failed", "--timeout=30s")

    def test_a_pod_that_fits_no_node_is_unschedulable(self):
        self.apply(deployment("picky", nodeSelector={"no": "such-node"}))
        self.event("Pod", "FailedScheduling", "didn't match Pod's node affinity/selector")

    def test_a_claim_that_no_volume_meets_stays_unbound_until_there_is_one(self):
        claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
                 "metadata": {"name": "data", "namespace": "default"},
                 "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
        self.apply(claim, deployment("keeper", volumes=[
            {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]))
        self.event("Pod", "FailedScheduling", "unbound immediate PersistentVolumeClaims")
        self.cluster.add_volumes(1)
        self.rollout("keeper", 60)

    def test_a_webhook_that_nobody_answers_stops_new_pods(self):
        self.apply({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
                    "metadata": {"name": "left-behind"}, "webhooks": [{
                        "name": "injector.left-behind.test", "failurePolicy": "Fail", "sideEffects": "None",
                        "admissionReviewVersions": ["v1"], "timeoutSeconds": 2,
                        "clientConfig": {"service": {"name": "gone", "namespace": "default", "path": "/"}},
                        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                                   "resources": ["pods"]}]}]})
        self.addCleanup(self.kubectl, "delete", "mutatingwebhookconfiguration", "left-behind")
        time.sleep(1)  # the API server reads its webhooks anew about once a second
        self.apply(deployment("blocked"))
        self.event("ReplicaSet", "FailedCreate", 'failed calling webhook "injector.left-behind.test"')
        self.assertEqual([], self.pods("blocked"))


@harness.each_tool()
class Helm(harness.ClusterTest):
    def test_installs_upgrades_rolls_back_and_uninstalls(self):
        chart = harness.HERE / "fixtures/chart"
        self.kubectl("create", "namespace", "mini")
        self.helm("install", "web", chart, "-n", "mini", "--wait", "--timeout", "60s")
        self.helm("upgrade", "web", chart, "-n", "mini", "--set", "replicas=2", "--wait", "--timeout", "60s")
        self.assertEqual(2, self.get("deployment", "web", "mini")["status"]["readyReplicas"])
        self.helm("rollback", "web", "1", "-n", "mini", "--wait", "--timeout", "60s")
        self.helm("uninstall", "web", "-n", "mini", "--wait")
        self.assertEqual([], self.get("deployments", namespace="mini"))


class ApiServer(harness.ClusterTest):
    def test_knows_users_who_may_do_only_some_things(self):
        reader = self.cluster.user("reader", {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]})

        def can(*words):
            return harness.run(self.directory / "kubectl", "--kubeconfig", reader, *words).code == 0
        harness.wait_until(lambda: can("get", "pods"), 20, "the right to list pods")
        self.assertFalse(can("get", "secrets"))
        self.assertFalse(can("create", "namespace", "no"))

    @staticmethod
    def widget(**spec):
        return {"apiVersion": "test.weft.dev/v1", "kind": "Widget", "spec": spec,
                "metadata": {"name": "a", "namespace": "default"}}

    def refusal(self, widget, *flags):
        done = self.kubectl("apply", *flags, "-f", "-", text=harness.json.dumps(widget), check=False)
        self.assertNotEqual(0, done.code)
        return done.stderr

    def test_checks_custom_resources_and_field_ownership(self):
        self.apply((harness.HERE / "fixtures/crd.yaml").read_text())
        self.kubectl("wait", "crd/widgets.test.weft.dev", "--for=condition=Established", "--timeout=20s")
        harness.wait_until(lambda: self.kubectl("get", "widgets", check=False).code == 0, 20, "the new kind")
        self.assertIn("size must not exceed maxSize", self.refusal(self.widget(size=5, maxSize=3)))
        self.assertIn("unknown field", self.refusal(self.widget(size=5, bogus=3)))
        self.kubectl("apply", "--server-side", "--field-manager=one", "-f", "-",
                     text=harness.json.dumps(self.widget(size=2)))
        self.assertIn("conflict with \"one\"",
                      self.refusal(self.widget(size=3), "--server-side", "--field-manager=two"))


if __name__ == "__main__":
    unittest.main()
