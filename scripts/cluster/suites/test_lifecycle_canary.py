"""Canary control planes, and leaving a mesh for good. Charts of our own follow the revision as Istio's do; the
published ones are given that here, because they were rendered without."""
import re
import shutil

import harness
import injector

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
# What bears the revision in its name, in the published chart of istiod.
REVISED = re.compile(r"^( +name: (?:istiod\S*|istio|values|istio-sidecar-injector|istio-reader-clusterrole-istio-system"
                     r"|istio-validator-istio-system))$", re.M)


class SmallIstio(harness.ClusterTest):
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


@harness.each_tool("helm3", "helm4")
class Canary(SmallIstio):
    fresh = "test"

    def begin_and_end(self, older, newer):
        self.weft("install", "istio", *older, timeout=600)
        self.weft("upgrade", "istio", "--canary", *newer, timeout=600)
        self.assertEqual(["istiod", "istiod-1-30-3"], self.control_planes())
        self.weft("upgrade", "istio", "--abort", "--yes", timeout=600)
        self.assertEqual(["istiod"], self.control_planes())
        self.weft("upgrade", "istio", "--finish", *newer, code=1)
        self.weft("upgrade", "istio", "--canary", *newer, timeout=600)
        self.weft("upgrade", "istio", "--finish", *newer, timeout=600)
        self.assertEqual(["istiod-1-30-3"], self.control_planes())
        self.assertFalse(self.weft_json("upgrade", "istio", *newer, timeout=600)["changed"])
        self.weft("uninstall", "istio", "--purge", "--yes", timeout=600)
        self.assertEqual([], self.control_planes())

    def test_a_canary_stands_beside_and_then_takes_over(self):
        self.begin_and_end(self.charts("1.29.6"), self.charts("1.30.3"))

    def published(self, source):
        target = self.home / source / "istio"
        shutil.copytree(self.realdata(f"charts/{source}"), target)
        manifest = target / "istiod/templates/rendered.yaml"
        text = REVISED.sub(r"\1{{ with .Values.revision }}-{{ . }}{{ end }}", manifest.read_text())
        manifest.write_text(text.replace('istio.io/rev: "default"',
                                         'istio.io/rev: {{ .Values.revision | default "default" | quote }}'))
        return ["--chart-dir", str(target.parent), "--yes"]

    def test_the_published_charts_of_istio(self):
        self.begin_and_end(self.published("istio-prev"), self.published("istio"))


class CanaryPlan(SmallIstio):
    nodes = None

    def test_a_dry_run_of_the_client_plans_the_canary_without_a_cluster(self):
        plan = self.weft_json("upgrade", "istio", "--canary", "--dry-run", "client", *self.charts("1.30.3"))
        self.assertEqual(("upgrade", "1.30.3"), (plan["verb"], plan["to"]))
        self.assertIn("istiod-1-30-3", [step["release"] for step in plan["steps"]])
        refused = self.weft("upgrade", "istio", "--finish", "--dry-run", "client", "--chart-dir",
                            self.home / "1.30.3", code=2)
        self.assertIn("--dry-run server", refused.stderr)


@harness.each_tool("helm3", "helm4")
class Leaving(SmallIstio):
    """uninstall --offboard: no pod keeps the proxy of a mesh that is gone."""

    def containers(self, namespace):
        return [{c["name"] for c in pod["spec"]["containers"]} for pod in self.get("pods", namespace=namespace)
                if "deletionTimestamp" not in pod["metadata"]]

    def test_namespaces_leave_the_mesh_before_it_goes(self):
        self.weft("install", "istio", *self.charts("1.30.3"), timeout=600)
        shop, labels = self.new_namespace(), {"app": "web"}
        containers = [{"name": "app", "image": "example.test/app:1"}]
        self.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": shop},
                    "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": {
                        "metadata": {"labels": labels}, "spec": {"containers": containers}}}})
        sidecar = {"name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.30.3"}
        with injector.Injector(self.cluster, sidecar, namespaces={"istio-injection": "enabled"}):
            self.weft("mesh", "onboard", "istio", shop, "--yes", timeout=300)
            self.assertEqual([{"app", "istio-proxy"}] * 2, self.containers(shop))
            plan = self.weft_json("uninstall", "istio", "--offboard", "--dry-run")
            self.assertEqual("offboard", plan["steps"][0]["release"])
            self.assertEqual([{"app", "istio-proxy"}] * 2, self.containers(shop))
            gone = self.weft_json("uninstall", "istio", "--offboard", "--purge", "--yes", timeout=600)
        self.assertEqual([], [line for line in gone["remains"] if " on nodes: " not in line])
        self.assertEqual([{"app"}] * 2, self.containers(shop))
        self.assertNotIn("istio-injection", self.get("namespace", shop)["metadata"]["labels"])
        self.assertEqual([], self.control_planes())
