"""Every mesh with its real charts: install the older version, upgrade, repeat without effect, uninstall."""
import json
import pathlib
import re
import shutil

import harness

# By the name of the test: the mesh, and how it is installed.
MESHES = {
    "istio": ["istio"],
    "istio_ambient": ["istio", "--mode", "ambient"],
    "linkerd": ["linkerd", "--feature", "viz"],
    "consul": ["consul"],
    "kuma": ["kuma"],
    "cilium": ["cilium"],
    "nginx_service_mesh": ["nginx-service-mesh"],
    "osm": ["osm"],
}
LIMIT = "400s"
# The claims of these meshes find volumes without a StorageClass.
IGNORE = ["--ignore", "storage-class"]


class Charts:
    """Folders for --chart-dir: the older and the newer charts of a mesh under the mesh's name."""

    def __init__(self, test, mesh):
        self.older = self.folder(test, mesh, f"{mesh}-prev", "older")
        self.newer = self.folder(test, mesh, mesh, "newer")

    @staticmethod
    def folder(test, mesh, source, name):
        target = test.home / name / mesh
        shutil.copytree(test.realdata(f"charts/{source}"), target)
        for manifest in target.glob("*/templates/rendered.yaml"):
            # Rendered without a server: an address that was not given is null, and a disruption budget
            # has the version of old servers.
            text = manifest.read_text().replace("policy/v1beta1", "policy/v1")
            for null in ("prometheusAddress: \n", "prometheusAddress:\n", "prometheusAddress: null\n"):
                text = text.replace(null, 'prometheusAddress: ""\n')
            if mesh == "nginx-service-mesh":  # no simulated pod answers a webhook
                text = text.replace("  sideEffects: None\n", "  sideEffects: None\n  failurePolicy: Ignore\n")
            manifest.write_text(text)
        return str(target.parent)


@harness.each_tool("helm3", "helm4")
class Lifecycle(harness.ClusterTest):
    fresh = "test"
    limit = 1500

    def of(self, mesh, *how):
        charts = Charts(self, mesh)
        self.cluster.add_volumes(8)
        done = self.weft("install", mesh, *how, "--chart-dir", charts.older, "--yes", "--timeout", LIMIT,
                         *IGNORE, timeout=600)
        self.assertIn("is installed", done.stdout)
        record = self.get("configmaps", selector="weft.dev/record=install")
        self.assertEqual(1, len(record))

        self.assertEqual([(mesh, True)], [(m["mesh"], m["ready"]) for m in self.weft_json("status")["meshes"]])
        checks = self.weft_json("check", mesh, code=None)["checks"]
        self.assertEqual({"ok"}, {c["result"] for c in checks if c["id"].startswith("component-")})

        upgrade = ["upgrade", mesh, "--chart-dir", charts.newer, "--yes", "--timeout", LIMIT, *IGNORE]
        changed = self.weft_json(*upgrade, timeout=600)
        self.assertTrue(changed["changed"])
        before = self.helm("list", "-A", "-o", "json").stdout

        again = self.weft_json(*upgrade, timeout=600)
        self.assertFalse(again["changed"], again)
        self.assertEqual(before, self.helm("list", "-A", "-o", "json").stdout)
        plan = self.weft_json(*upgrade, "--dry-run", "server", "--exit-code")
        self.assertEqual([], [s for s in plan["steps"] if s["changes"] or s["crds"]])

        gone = self.weft_json("uninstall", mesh, "--purge", "--yes", "--timeout", LIMIT, timeout=600)
        self.assertEqual([], [line for line in gone["remains"] if " on nodes: " not in line])
        self.assertEqual([], self.get("mutatingwebhookconfigurations"))
        self.assertEqual("[]", self.helm("list", "-A", "-o", "json").stdout.strip())
        self.assertIn("is not installed", self.weft("uninstall", mesh, "--purge", "--yes").stdout)


def add_tests():
    for name, case in list(globals().items()):
        if name.startswith("Lifecycle_"):
            for test, how in MESHES.items():
                setattr(case, "test_" + test, lambda self, how=how: self.of(*how))


add_tests()


@harness.each_tool("helm3", "helm4")
class Companion(harness.ClusterTest):
    """A mesh on top of another one."""
    limit = 1500

    def test_citrix_on_istio(self):
        install = ["--chart-dir", self.realdata("charts/istio").parent, "--yes", "--timeout", LIMIT]
        citrix = ["install", "citrix", "--input", "eula=YES", *install]
        self.assertIn("istio", self.weft(*citrix, code=1).stderr)
        self.weft("install", "istio", *install, timeout=600)
        self.weft(*citrix, timeout=600)
        self.assertFalse(self.weft_json(*citrix, timeout=600)["changed"])
        gone = self.weft_json("uninstall", "citrix", "--purge", "--yes", timeout=600)
        self.assertEqual([], gone["remains"])
        self.assertIsNotNone(self.get("deployment", "istiod", "istio-system"))


def modern_crd(old):
    """A v1 definition in place of a v1beta1 one, as text: without its schema."""
    def field(key):
        return re.search(rf"^ +{key}: (\S+)$", old, re.M)[1]
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": field("version"), "served": True, "storage": True,
               "schema": {"openAPIV3Schema": anything}}
    names = {"kind": field("kind"), "plural": field("plural"), "singular": field("singular")}
    return json.dumps({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": field("name")},
        "spec": {"group": field("group"), "scope": "Namespaced", "names": names, "versions": [version]}})


@harness.each_tool("helm3", "helm4")
class Old(harness.ClusterTest):
    """A mesh of the time before Kubernetes 1.22: its objects are given the API versions of today."""
    limit = 1500

    def charts(self):
        target = self.home / "charts/traefik-mesh/traefik-mesh"
        shutil.copytree(self.realdata("charts/traefik-mesh/traefik-mesh"), target)
        for path in (target / "crds").glob("*.yaml"):
            crds = [part for part in path.read_text().split("---\n") if part.strip()]
            path.write_text("\n---\n".join(map(modern_crd, crds)))
        manifest = target / "templates/rendered.yaml"
        manifest.write_text(re.sub(r"^apiVersion: (policy|rbac\S+)/v1beta1$", r"apiVersion: \1/v1",
                                   manifest.read_text(), flags=re.M))
        return self.home / "charts"

    def test_traefik_mesh(self):
        old = self.weft("install", "traefik-mesh", "--chart-dir", self.realdata("charts/traefik-mesh").parent,
                        "--version", "v1.4.1", "--yes", *IGNORE, code=1)
        self.assertIn("CustomResourceDefinition of apiextensions.k8s.io/v1beta1", old.stderr)
        self.assertIsNone(self.get("namespace", "traefik-mesh"))
        self.cluster.add_volumes(4)
        install = ["install", "traefik-mesh", "--version", "v1.4.1", "--chart-dir", self.charts(), "--yes",
                   "--timeout", LIMIT, *IGNORE]
        self.assertTrue(self.weft_json(*install, timeout=600)["changed"])
        self.assertFalse(self.weft_json(*install, timeout=600)["changed"])
        gone = self.weft_json("uninstall", "traefik-mesh", "--purge", "--yes", "--timeout", LIMIT, timeout=600)
        self.assertEqual([], gone["remains"])
        self.assertEqual("[]", self.helm("list", "-A", "-o", "json").stdout.strip())
        self.assertIsNone(self.get("namespace", "traefik-mesh"))


@harness.each_tool("helm3", "helm4")
class Ended(harness.ClusterTest):
    """A mesh that can only be cleaned up."""
    limit = 600

    def test_app_mesh(self):
        chart = self.realdata("charts/app-mesh/appmesh-controller")
        self.kubectl("create", "-f", chart / "crds/crds.yaml")
        self.wait_for_definitions()
        self.apply({"apiVersion": "appmesh.k8s.aws/v1beta2", "kind": "Mesh", "spec": {},
                    "metadata": {"name": "held", "finalizers": ["finalizers.appmesh.k8s.aws/members"]}})
        self.helm("install", "appmesh-controller", str(chart), "-n", "appmesh-system", "--create-namespace",
                  "--skip-crds")
        refused = self.weft("install", "app-mesh", "--chart-dir", chart.parent.parent, "--yes", code=1)
        self.assertIn("has ended", refused.stderr)
        self.weft("uninstall", "app-mesh", "--purge", "--yes", code=1)
        gone = self.weft_json("uninstall", "app-mesh", "--adopt", "--purge", "--yes", timeout=600)
        self.assertEqual([], gone["remains"])
        self.assertIsNone(self.get("namespace", "appmesh-system"))
        self.assertFalse([c for c in self.get("crds") if "appmesh" in c["metadata"]["name"]])


@harness.each_tool("helm3", "helm4")
class Kustomize(harness.ClusterTest):
    limit = 1500

    def test_network_service_mesh(self):
        source = self.realdata("charts/network-service-mesh/kustomize")
        tree = self.home / "charts"
        shutil.copytree(source, tree / "network-service-mesh/kustomize")
        # No simulated pod answers a webhook.
        webhook = tree / "network-service-mesh/kustomize/examples/spire/base/spire-controller-manager-webhook.yaml"
        webhook.write_text(webhook.read_text().replace("failurePolicy: Fail", "failurePolicy: Ignore"))
        install = ["install", "network-service-mesh", "--version", "v1.18.0", "--chart-dir", tree, "--yes",
                   *IGNORE]
        self.cluster.add_volumes(2)
        self.assertTrue(self.weft_json(*install, timeout=600)["changed"])
        self.assertFalse(self.weft_json(*install, timeout=600)["changed"])
        gone = self.weft_json("uninstall", "network-service-mesh", "--purge", "--yes", timeout=600)
        self.assertEqual([], gone["remains"])
        self.assertIsNone(self.get("namespace", "nsm-system"))
