"""A real node: pods run, services carry traffic, sidecars are injected, and weft itself is a pod."""
import pathlib
import subprocess
import tempfile
import time
import urllib.request

import harness
import injector

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: weft.local/web:1
        readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
"""
WEFT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: weft}
spec:
  selector: {matchLabels: {app: weft}}
  template:
    metadata: {labels: {app: weft}}
    spec:
      containers:
      - name: weft
        image: weft.local/weft:1
        readinessProbe: {httpGet: {path: /health, port: 9091}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: weft}
spec: {selector: {app: weft}, ports: [{port: 80, targetPort: 9091}]}
"""
API_BY_TOKEN = """
S=/var/run/secrets/kubernetes.io/serviceaccount
curl -sf -m 5 --cacert $S/ca.crt -H "Authorization: Bearer $(cat $S/token)" https://kubernetes.default.svc/version
"""


class RealNode(harness.ClusterTest):
    nodes = "real"

    def setUp(self):
        super().setUp()
        self.namespace = self.new_namespace()

    def inside(self, *arguments, **options):
        return self.kubectl("-n", self.namespace, *arguments, **options)

    def roll_out(self, name, objects):
        self.inside("apply", "-f", "-", text=objects)
        self.inside("rollout", "status", f"deployment/{name}", "--timeout=90s")

    def in_pod(self, *command):
        return self.inside("exec", "deploy/web", "--", *command)

    def fetch(self, url):
        def answer():
            try:
                with urllib.request.urlopen(url, timeout=5) as reply:
                    return reply.read().decode()
            except OSError:
                return None  # kube-proxy has not written its rules yet
        return harness.wait_until(answer, 15, f"an answer from {url}")

    def service(self, name):
        return self.get("service", name, self.namespace)["spec"]

    def test_services_answer_from_everywhere(self):
        self.roll_out("web", WEB)
        service, node = self.service("web"), self.cluster.settings()["node_ip"]
        self.assertIn("pod=web-", self.fetch(f"http://{service['clusterIP']}/cgi-bin/who"))
        self.assertIn("pod=web-", self.fetch(f"http://{node}:{service['ports'][0]['nodePort']}/cgi-bin/who"))
        for name in ("web", f"web.{self.namespace}.svc.cluster.local"):
            self.assertIn("pod=web-", self.in_pod("curl", "-sf", "-m", "5", f"http://{name}/cgi-bin/who"))
        self.assertIn("gitVersion", self.in_pod("sh", "-c", API_BY_TOKEN))

    def test_logs_and_port_forwarding(self):
        self.roll_out("web", WEB)
        self.inside("logs", "deploy/web")
        forward = subprocess.Popen(
            [self.directory / "kubectl", "--kubeconfig", self.cluster.kubeconfig, "-n", self.namespace, "port-forward",
             "service/web", ":80"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(forward.stdout.close)
        self.addCleanup(forward.wait)
        self.addCleanup(forward.terminate)
        port = forward.stdout.readline().split("->")[0].rpartition(":")[2].strip()
        self.assertIn("pod=web-", self.fetch(f"http://127.0.0.1:{port}/cgi-bin/who"))

    def test_a_missing_image_is_reported(self):
        self.inside("apply", "-f", "-", text=WEB.replace("weft.local/web:1", "weft.local/missing:1"))

        def reasons():
            return {(c["state"].get("waiting") or {}).get("reason") for p in self.get("pods", namespace=self.namespace)
                    for c in p["status"].get("containerStatuses") or []}
        harness.wait_until(lambda: reasons() & {"ErrImagePull", "ImagePullBackOff"}, 30, "a failed pull")

    def test_a_sidecar_is_injected_where_the_namespace_says_so(self):
        self.kubectl("label", "namespace", self.namespace, "istio-injection=enabled")
        sidecar = {"name": "istio-proxy", "image": "weft.local/web:1", "env": [{"name": "PORT", "value": "15001"}]}
        with injector.Injector(self.cluster, sidecar, {"istio-injection": "enabled"}) as webhook:
            time.sleep(1)  # the API server reads its webhooks anew about once a second
            self.roll_out("web", WEB)
        self.assertEqual(2, webhook.injected)
        pods = [p for p in self.get("pods", namespace=self.namespace, selector="app=web")
                if not p["metadata"].get("deletionTimestamp")]
        self.assertEqual({("web", "istio-proxy")}, {tuple(c["name"] for c in p["spec"]["containers"]) for p in pods})

    def joins_and_leaves(self, pods):
        sidecar = {"name": "istio-proxy", "image": "weft.local/web:1", "env": [{"name": "PORT", "value": "15001"}]}
        with injector.Injector(self.cluster, sidecar, {"istio-injection": "enabled"}):
            time.sleep(1)
            self.assertIn(f"{pods} carry the proxy",
                          self.weft("mesh", "onboard", "istio", self.namespace, "--yes").stdout)
            self.assertIn(f"{pods} run without the proxy",
                          self.weft("mesh", "offboard", "istio", self.namespace, "--yes").stdout)

    def test_running_pods_are_taken_into_a_mesh_and_out_again(self):
        self.roll_out("web", WEB)
        self.joins_and_leaves("2 of 2 pods")

    def test_weft_serves_as_a_pod(self):
        if not harness.STATIC_WEFT.exists():
            self.skipTest(f"{harness.STATIC_WEFT} is not there (scripts/build.sh release, or WEFT_STATIC)")
        with tempfile.TemporaryDirectory() as work:
            archive = pathlib.Path(work, "weft.tar")
            self.weft("image", "export", "--archive", archive, "--binary", harness.STATIC_WEFT,
                      "--name", "weft.local/weft:1")
            self.cluster.load_image(archive)
        self.roll_out("weft", WEFT)
        self.assertIn("weft", self.fetch(f"http://{self.service('weft')['clusterIP']}/echo"))
        self.joins_and_leaves("1 of 1 pod")
        self.assertIn("weft", self.fetch(f"http://{self.service('weft')['clusterIP']}/echo"))
