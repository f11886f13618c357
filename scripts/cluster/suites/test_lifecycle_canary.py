"""A canary control plane with charts of our own that follow the revision, as Istio's do."""
import harness

CHART = "apiVersion: v2\nname: {name}\nversion: {version}\n"
BASE = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: istio-reader}\n"
ISTIOD = """
{{- $name := .Values.revision | default "" | empty | ternary "istiod" (printf "istiod-%s" .Values.revision) }}
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ $name }}, labels: {app: istiod}}
spec:
  replicas: 1
  selector: {matchLabels: {app: istiod, name: {{ $name }}}}
  template:
    metadata: {labels: {app: istiod, name: {{ $name }}}}
    spec: {containers: [{name: discovery, image: "example.test/pilot:{{ .Chart.Version }}"}]}
"""


class Canary(harness.ClusterTest):
    limit = 1500

    def charts(self, version):
        for name, template in (("base", BASE), ("istiod", ISTIOD)):
            folder = self.home / version / "istio" / name
            (folder / "templates").mkdir(parents=True)
            (folder / "Chart.yaml").write_text(CHART.format(name=name, version=version))
            (folder / "values.yaml").write_text("revision: \"\"\nrevisionTags: []\n")
            (folder / "templates" / "all.yaml").write_text(template)
        return ["--chart-dir", str(self.home / version), "--yes"]

    def control_planes(self):
        return sorted(d["metadata"]["name"] for d in self.get("deployments", selector="app=istiod"))

    def test_a_canary_stands_beside_and_then_takes_over(self):
        self.weft("install", "istio", *self.charts("1.29.6"))
        newer = self.charts("1.30.3")
        self.weft("upgrade", "istio", "--canary", *newer)
        self.assertEqual(["istiod", "istiod-1-30-3"], self.control_planes())
        self.weft("upgrade", "istio", "--abort", "--yes")
        self.assertEqual(["istiod"], self.control_planes())
        self.weft("upgrade", "istio", "--finish", *newer, code=1)
        self.weft("upgrade", "istio", "--canary", *newer)
        self.weft("upgrade", "istio", "--finish", *newer)
        self.assertEqual(["istiod-1-30-3"], self.control_planes())
        self.assertFalse(self.weft_json("upgrade", "istio", *newer)["changed"])
        self.weft("uninstall", "istio", "--purge", "--yes")
        self.assertEqual([], self.control_planes())
