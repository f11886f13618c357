"""Every mesh with its real charts: install the older version, upgrade, repeat without effect, uninstall."""
import pathlib
import shutil

import harness

MESHES = ["istio", "linkerd", "consul", "kuma", "cilium", "nginx-service-mesh", "osm"]
LIMIT = "150s"
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
            manifest.write_text(text)
        return str(target.parent)


@harness.each_tool("helm3", "helm4")
class Lifecycle(harness.ClusterTest):
    limit = 900

    def of(self, mesh):
        charts = Charts(self, mesh)
        self.cluster.add_volumes(8)
        done = self.weft("install", mesh, "--chart-dir", charts.older, "--yes", "--timeout", LIMIT,
                         *IGNORE, timeout=300)
        self.assertIn("is installed", done.stdout)
        record = self.get("configmaps", selector="weft.dev/record=install")
        self.assertEqual(1, len(record))

        upgrade = ["upgrade", mesh, "--chart-dir", charts.newer, "--yes", "--timeout", LIMIT, *IGNORE]
        changed = self.weft_json(*upgrade, timeout=300)
        self.assertTrue(changed["changed"])
        before = self.helm("list", "-A", "-o", "json").stdout

        again = self.weft_json(*upgrade, timeout=300)
        self.assertFalse(again["changed"], again)
        self.assertEqual(before, self.helm("list", "-A", "-o", "json").stdout)
        plan = self.weft_json(*upgrade, "--dry-run", "server", "--exit-code")
        self.assertEqual([], [s for s in plan["steps"] if s["changes"] or s["crds"]])

        gone = self.weft_json("uninstall", mesh, "--purge", "--yes", "--timeout", LIMIT, timeout=300)
        self.assertEqual([], [line for line in gone["remains"] if " on nodes: " not in line])
        self.assertEqual([], self.get("mutatingwebhookconfigurations"))
        self.assertEqual("[]", self.helm("list", "-A", "-o", "json").stdout.strip())
        self.assertIn("is not installed", self.weft("uninstall", mesh, "--purge", "--yes").stdout)


def add_test(case, mesh):
    name = "test_" + mesh.replace("-", "_")
    setattr(case, name, lambda self: self.of(mesh))


for case in [value for name, value in list(globals().items()) if name.startswith("Lifecycle_")]:
    for mesh in MESHES:
        add_test(case, mesh)


class Kustomize(harness.ClusterTest):
    limit = 600

    def test_network_service_mesh(self):
        tree = self.realdata("charts/network-service-mesh/kustomize").parent.parent
        install = ["install", "network-service-mesh", "--version", "v1.18.0", "--chart-dir", tree, "--yes",
                   *IGNORE]
        self.cluster.add_volumes(2)
        self.assertTrue(self.weft_json(*install, timeout=300)["changed"])
        self.assertFalse(self.weft_json(*install, timeout=300)["changed"])
        gone = self.weft_json("uninstall", "network-service-mesh", "--purge", "--yes", timeout=300)
        self.assertEqual([], gone["remains"])
        self.assertIsNone(self.get("namespace", "nsm-system"))
