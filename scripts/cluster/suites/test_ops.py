"""Looking after meshes: status, check, joining and leaving."""
import concurrent.futures
import json
import re

import harness
import injector
import kapi

SILENT = {
    "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
    "metadata": {"name": "osm-webhook-osm"},
    "webhooks": [{
        "name": "osm-inject.k8s.io", "failurePolicy": "Fail", "sideEffects": "None",
        "admissionReviewVersions": ["v1"], "namespaceSelector": {"matchLabels": {"old-mesh": "yes"}},
        "clientConfig": {"service": {"namespace": "osm-system", "name": "osm-injector"}},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                   "resources": ["pods"]}]}]}


def deployment(name, namespace, replicas=1, sidecar=None):
    containers = [{"name": "app", "image": "example.test/app:1"}]
    if sidecar:
        containers.append({"name": "istio-proxy", "image": f"docker.io/istio/proxyv2:{sidecar}"})
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": namespace},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": {
                "metadata": {"labels": labels}, "spec": {"containers": containers}}}}


class OperationsTest(harness.ClusterTest):
    def install_istio(self):
        for release, chart in (("istio-base", "base"), ("istiod", "istiod")):
            self.helm("upgrade", "--install", release, self.realdata(f"charts/istio/{chart}"),
                      "-n", "istio-system", "--create-namespace", timeout=180)
        self.kubectl("rollout", "status", "deployment/istiod", "-n", "istio-system", "--timeout=90s")

    def ready_pods(self, namespace, count):
        harness.wait_until(
            lambda: sum(d["status"].get("readyReplicas", 0) for d in self.get("deployment", namespace=namespace))
            == count, 240, f"{count} pods in {namespace}")


@harness.each_tool("helm3", "helm4")
class Looking(OperationsTest):
    def test_status_and_check_of_a_mesh_that_helm_installed(self):
        self.install_istio()
        self.apply({"apiVersion": "v1", "kind": "Namespace",
                    "metadata": {"name": "shop", "labels": {"istio-injection": "enabled"}}})
        status = self.weft_json("status", "istio")
        mesh, = status["meshes"]
        self.assertEqual(("istio", "helm", True), (mesh["mesh"], mesh["managed_by"], mesh["ready"]))
        component, = mesh["components"]
        self.assertEqual(("Deployment", "istiod", "ready"),
                         (component["kind"], component["name"], component["state"]))
        self.assertIn("deployed, revision", component["release"])
        self.assertEqual("shop", status["data_planes"][0]["namespaces"][0]["name"])

        self.kubectl("-n", "kube-system", "create", "configmap", "weft-test-outcomes",
                     "--from-literal=istio-system.istiod=crash")
        harness.wait_until(lambda: not self.weft_json("status", "istio", code=None)["ready"], 60, "a crash")
        self.assertIn("0/1", self.weft("status", "istio", code=1).stdout)
        checked = self.weft("check", "istio", "--format", "short", code=1)
        self.assertIn("fail component-ready Deployment istio-system/istiod", checked.stdout)
        self.assertIn("<failure", self.weft("check", "istio", "--format", "junit", code=1).stdout)
        self.kubectl("-n", "kube-system", "delete", "configmap", "weft-test-outcomes")


class Finding(OperationsTest):
    def test_no_mesh_is_no_failure_unless_one_was_asked_for(self):
        self.assertIn("no mesh was found", self.weft("status").stderr)
        self.weft("status", "kuma", code=1)
        self.weft("check")

    def test_a_silent_webhook_is_named_before_and_after(self):
        self.apply(SILENT)
        self.addCleanup(self.kubectl, "delete", "mutatingwebhookconfiguration", "osm-webhook-osm")
        self.assertIn("warn webhook-endpoints MutatingWebhookConfiguration osm-webhook-osm",
                      self.weft("check", "--format", "short").stdout)
        namespace = self.new_namespace({"old-mesh": "yes"})
        found = self.weft("check", "--format", "short", code=1).stdout
        self.assertIn("the namespace of its Service osm-system/osm-injector is gone", found)
        self.assertIn(f"it blocks create pods in {namespace}", found)
        self.assertIn("osm-webhook-osm", self.weft("check", "--pre", "linkerd", code=None).stdout)
        self.weft("check", "--ignore", "webhook-endpoints")

    def test_preflight_of_a_mesh_on_an_empty_cluster(self):
        report = self.weft_json("check", "--pre", "istio")
        verdicts = {check["id"]: check["result"] for check in report["checks"]}
        self.assertEqual("ok", verdicts["rights"])
        self.assertEqual("ok", verdicts["tools-helm"])
        self.assertEqual("ok", verdicts["conflict-mesh"])

    def test_a_user_with_few_rights_sees_what_he_may(self):
        kubeconfig = self.cluster.user("looker", {
            "apiGroups": ["", "apps"], "verbs": ["get", "list"],
            "resources": ["namespaces", "deployments", "statefulsets", "daemonsets"]})
        done = self.weft("status", "-o", "json", KUBECONFIG=str(kubeconfig))
        unknown = " ".join(json.loads(done.stdout)["unknown"])
        self.assertIn("pods: ", unknown)
        self.assertIn("admission webhooks: ", unknown)
        self.assertNotIn("namespaces: ", unknown)
        report = self.weft_json("check", "--pre", "istio", code=1, KUBECONFIG=str(kubeconfig))
        self.assertIn("fail", [c["result"] for c in report["checks"] if c["id"] == "rights"])

    def test_a_cluster_that_is_not_there_is_unreachable(self):
        gone = self.home / "gone"
        gone.write_text(re.sub("server: .*", "server: https://127.0.0.1:1", self.cluster.kubeconfig.read_text()))
        for command in (("status",), ("check",), ("check", "--pre", "istio")):
            self.weft(*command, code=4, KUBECONFIG=str(gone))
        self.weft("status", "--context", "nope", code=4)


class Joining(OperationsTest):
    def test_a_namespace_is_labelled_restarted_and_looked_at(self):
        shop = self.new_namespace()
        self.apply(deployment("web", shop))
        self.ready_pods(shop, 1)
        self.weft("mesh", "onboard", "istio", shop, code=7)
        plan = self.weft_json("mesh", "onboard", "istio", shop, "--dry-run")
        self.assertEqual({"istio-injection": "enabled"}, plan["namespaces"][0]["labels"])
        self.assertNotIn("istio-injection", self.get("namespace", shop)["metadata"]["labels"])
        # Nobody injects here: the pods come back without proxy, and that is said.
        done = self.weft("mesh", "onboard", "istio", shop, "--yes", code=1)
        self.assertIn("0 of 1 pod carry the proxy", done.stdout)
        self.assertEqual("enabled", self.get("namespace", shop)["metadata"]["labels"]["istio-injection"])
        template = self.get("deployment", "web", shop)["spec"]["template"]["metadata"]
        self.assertIn("kubectl.kubernetes.io/restartedAt", template["annotations"])
        self.weft("mesh", "onboard", "linkerd", shop, "--yes", code=3)
        self.weft("mesh", "offboard", "istio", shop, "--yes")
        self.assertNotIn("istio-injection", self.get("namespace", shop)["metadata"]["labels"])

    def test_pods_come_back_with_the_proxy_and_leave_without_it(self):
        shop = self.new_namespace()
        self.apply(deployment("web", shop, 3))
        self.ready_pods(shop, 3)
        sidecar = {"name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.30.3"}
        with injector.Injector(self.cluster, sidecar, namespaces={"istio-injection": "enabled"}):
            joined = self.weft("mesh", "onboard", "istio", shop, "--yes")
            self.assertIn("3 of 3 pods carry the proxy", joined.stdout)
            self.assertIn("nothing to change", self.weft("mesh", "onboard", "istio", shop, "--yes").stdout)
            self.assertIn("3 of 3 pods run without the proxy",
                          self.weft("mesh", "offboard", "istio", shop, "--yes").stdout)

    def test_what_cannot_be_right_is_refused(self):
        self.weft("mesh", "onboard", "istio", "kube-system", "--yes", code=2)
        self.weft("mesh", "onboard", "istio", "not-there", "--yes", code=4)


def running_pod(number):
    """A pod that runs, as its node would have reported it. No scheduler and no kubelet ever look at it: what
    is measured is reading them, and two thousand pods of Deployments take minutes to come."""
    containers = [{"name": "app", "image": "example.test/app:1"},
                  {"name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.29.6"}]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"web-{number}", "labels": {"app": "web"}},
           "spec": {"schedulerName": "nobody", "containers": containers}}
    status = {"phase": "Running", "containerStatuses": [
        {"name": each["name"], "image": each["image"], "imageID": "", "ready": True, "restartCount": 0,
         "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}} for each in containers]}
    return pod, {"status": status}


class ManyPods(OperationsTest):
    alone = True
    limit = 900

    def add_pods(self, namespace, count):
        server = re.search("server: (.*)", self.cluster.kubeconfig.read_text()).group(1)
        api = kapi.Api(server, self.cluster.state / "pki")
        pods = f"/api/v1/namespaces/{namespace}/pods"

        def add(number):
            pod, status = running_pod(number)
            for answer in (api.call("POST", pods, pod), api.merge(f"{pods}/{pod['metadata']['name']}/status", status)):
                self.assertLess(answer[0], 300, answer[1])
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(add, range(count)))

    def test_status_of_two_thousand_pods_takes_two_seconds(self):
        self.install_istio()
        shop = self.new_namespace()
        harness.wait_until(lambda: self.get("serviceaccount", "default", shop), 60, "the service account")
        self.add_pods(shop, 2000)
        # Before, Istio's injector, which nobody serves here, would have refused the pods.
        self.kubectl("label", "namespace", shop, "istio-injection=enabled")
        self.weft("status")
        done = min((self.weft("status", "-o", "json") for _ in range(3)), key=lambda each: each.seconds)
        proxies = json.loads(done.stdout)["data_planes"][0]["proxies"][0]
        self.assertEqual((2000, 0), (proxies["pods"], proxies["not_ready"]))
        print(f"status of 2000 pods: {done.seconds:.2f} s")
        self.assertLess(done.seconds, 2)
