"""A mesh of the user's own catalogue, with a chart that does what published ones cannot show without their
programs: certificates made anew at each rendering, and a webhook that judges the chart's own objects."""
import base64
import json
import threading

import harness
import injector

MESH = """
id: demo
name: Demo
summary: a mesh of one chart
status: {state: active}
driver: helm
versions: [{version: "1.1.0"}, {version: "1.0.0"}]
modes: [{name: sidecar, summary: proxies}]
repos: [{name: demo, url: "https://charts.example/demo"}]
steps:
  - {release: demo, chart: demo, repo: demo, namespace: demo-system, createNamespace: true}
detect: {workloads: [{component: control, kind: Deployment, name: control}]}
upgrade: {maxMinorSkip: 1}
nondeterministic:
  - {kind: ConfigMap, name: control-token, path: data}
"""
CONTROL = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: control}
spec:
  selector: {matchLabels: {app: control}}
  template:
    metadata: {labels: {app: control}}
    spec: {containers: [{name: control, image: "example.test/control:{{ .Chart.Version }}"}]}
"""
RANDOM = """
{{- $ca := genCA "demo" 365 }}
apiVersion: v1
kind: Secret
metadata: {name: control-tls}
data: {tls.crt: {{ $ca.Cert | b64enc }}, tls.key: {{ $ca.Key | b64enc }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: control-token}
data: {token: {{ randAlphaNum 20 }}}
"""
JUDGED = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: demo-judge}
webhooks:
  - name: judge.demo.test
    failurePolicy: Fail
    sideEffects: None
    timeoutSeconds: 1
    admissionReviewVersions: [v1]
    clientConfig: {url: "%s", caBundle: "%s"}
    objectSelector: {matchLabels: {judged: "yes"}}
    rules: [{apiGroups: [coordination.k8s.io], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [leases]}]
"""
LEASE = """
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: judged, labels: {judged: "yes"}}
"""


class Judge(injector.Injector):
    """Allows everything, once it is started."""

    def __init__(self, cluster):
        super().__init__(cluster, {}, {})

    def answer(self, review):
        return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                "response": {"uid": review["request"]["uid"], "allowed": True}}

    def configuration(self):
        authority = (self.cluster.state / "injector.crt").read_bytes()
        return f"https://{self.host}:{self.server.server_port}/", base64.b64encode(authority).decode()


@harness.each_tool("helm3", "helm4")
class Own(harness.ClusterTest):
    fresh = "test"
    limit = 600

    def charts(self, version, templates):
        meshes = self.home / ".config/weft/meshes"
        meshes.mkdir(parents=True, exist_ok=True)
        (meshes / "demo.yaml").write_text(MESH)
        chart = self.home / version / "demo"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: demo\nversion: {version}\n")
        (chart / "templates/all.yaml").write_text(templates)
        return ["--chart-dir", str(chart.parent), "--yes"]

    def test_what_is_made_anew_at_each_rendering_is_masked(self):
        older, newer = (self.charts(v, CONTROL + "---" + RANDOM) for v in ("1.0.0", "1.1.0"))
        self.weft("install", "demo", *older, timeout=300)
        rendered, = self.weft_json("install", "demo", *older, "--set", "nobody=asks", "--dry-run", "server")["steps"]
        self.assertEqual(([], True), (rendered["changes"], rendered["masked"] > 0), rendered)
        step, = self.weft_json("upgrade", "demo", *newer, "--dry-run", "server")["steps"]
        self.assertEqual(["Deployment"], [change["kind"] for change in step["changes"]], step)
        self.assertTrue(self.weft_json("upgrade", "demo", *newer, timeout=300)["changed"])
        self.assertFalse(self.weft_json("upgrade", "demo", *newer, timeout=300)["changed"])

    def test_a_webhook_of_the_chart_that_starts_late_is_waited_for(self):
        judge = Judge(self.cluster)
        self.addCleanup(judge.server.server_close)
        webhook = CONTROL + "---" + JUDGED % judge.configuration()
        older, newer = self.charts("1.0.0", webhook), self.charts("1.1.0", webhook + "---" + LEASE)
        self.weft("install", "demo", *older, timeout=300)
        threading.Timer(8, judge.server.serve_forever).start()
        self.addCleanup(judge.server.shutdown)
        done = self.weft("upgrade", "demo", *newer, timeout=300)
        self.assertIn("does not answer yet", done.stderr)
        self.assertIsNotNone(self.get("lease", "judged", "demo-system"))
        release, = json.loads(self.helm("list", "-A", "-o", "json").stdout)
        self.assertEqual("deployed", release["status"])
