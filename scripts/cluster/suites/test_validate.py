"""weft validate against a live cluster: its objects, files over them, few rights, charts, kustomizations."""
import json
import pathlib
import tempfile

import harness

ISTIO = "networking.istio.io/v1"


def route(name, gateway, namespace="shop"):
    return {"apiVersion": ISTIO, "kind": "VirtualService", "metadata": {"name": name, "namespace": namespace},
            "spec": {"hosts": [f"{name}.example.com"], "gateways": [gateway]}}


GATEWAY = {"apiVersion": ISTIO, "kind": "Gateway", "metadata": {"name": "edge", "namespace": "shop"},
           "spec": {"selector": {"istio": "edge"}, "servers": [
               {"hosts": ["*"], "port": {"number": 80, "name": "http", "protocol": "HTTP"}}]}}
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
WIDGETS = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
           "metadata": {"name": "widgets.example.com"},
           "spec": {"group": "example.com", "scope": "Cluster", "names": {"kind": "Widget", "plural": "widgets"},
                    "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                        "type": "object", "properties": {"spec": {
                            "type": "object", "properties": {"colour": TEXT, "size": NUMBER}}}}}}]}}
MISSING = ("--only", "WI010")  # a VirtualService names a Gateway that is not there


def found(report):
    return sorted((each["resource"]["name"], each["severity"], each["confidence"])
                  for each in report["diagnostics"])


class Live(harness.ClusterTest):
    nodes = "none"
    prepared = None  # the cluster that has Istio's definitions and the objects above

    def setUp(self):
        super().setUp()
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        if self.prepared is not self.cluster:
            self.prepare()
            type(self).prepared = self.cluster

    def prepare(self):
        self.helm("upgrade", "--install", "istio-base", self.realdata("charts/istio/base"),
                  "-n", "istio-system", "--create-namespace")
        self.kubectl("create", "namespace", "shop")
        self.wait_for_definitions()
        self.apply(route("lost", "gone"), route("found", "edge"), GATEWAY)

    def file(self, text, name="file.yaml"):
        path = pathlib.Path(self.folder.name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def yaml(self, document, name="file.yaml"):
        return self.file(json.dumps(document), name)

    def test_live_objects_count_in_full_and_have_a_text(self):
        report = self.weft_json("validate", "--cluster", *MISSING, code=1)
        self.assertEqual([("lost", "error", "full")], found(report))
        self.assertTrue(report["summary"]["complete"])
        self.assertEqual([], report["summary"]["unread"])
        shown = self.weft("validate", "--cluster", *MISSING, code=1).stdout
        self.assertIn("cluster: VirtualService shop/lost", shown)
        self.assertIn("- gone", shown)

    def test_a_fresh_cluster_with_a_mesh_has_no_errors_besides(self):
        self.weft("validate", "--cluster", "--skip", "WI010", "--skip", "WI040")  # no gateway runs

    def test_files_take_the_place_of_live_objects(self):
        mended = self.yaml(route("lost", "edge"))
        self.assertEqual([], found(self.weft_json("validate", "--cluster", mended, *MISSING)))
        broken = self.yaml(route("found", "typo"))
        report = self.weft_json("validate", "--cluster", broken, *MISSING, code=1)
        self.assertEqual([("found", "error", "full")], found(report))
        self.assertEqual(1, report["summary"]["in_cluster"])

    def test_a_file_that_breaks_a_live_object_is_told(self):
        host = {"apiVersion": ISTIO, "kind": "Gateway", "metadata": GATEWAY["metadata"],
                "spec": {"selector": {"istio": "edge"}, "servers": [
                    {"hosts": ["other.example.org"], "port": {"number": 80, "name": "http", "protocol": "HTTP"}}]}}
        report = self.weft_json("validate", "--cluster", self.yaml(host), "--only", "IST0132", code=None)
        self.assertEqual(["found"], [each["resource"]["name"] for each in report["diagnostics"]])

    def test_definitions_of_the_cluster_judge_files(self):
        broken = route("typo", "edge")
        broken["spec"]["htpp"] = []
        report = self.weft_json("validate", "--cluster", self.yaml(broken), "--only", "WF007", code=None)
        self.assertEqual(["typo"], [each["resource"]["name"] for each in report["diagnostics"]])

    def test_definitions_that_were_pulled_judge_files_without_the_cluster(self):
        self.apply(WIDGETS)
        self.wait_for_definitions()
        widget = self.yaml({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "one"},
                            "spec": {"colour": "red", "sise": 3}})
        judged = ("validate", widget, "--only", "WF007")
        self.assertEqual([], found(self.weft_json(*judged, KUBECONFIG="/dev/null")))
        pulled = self.weft_json("schema", "pull")["definitions"]
        self.assertEqual({crd["metadata"]["name"] for crd in self.get("customresourcedefinitions")},
                         {each["name"] for each in pulled})
        report = self.weft_json(*judged, KUBECONFIG="/dev/null")
        self.assertEqual([("one", "warning", "full")], found(report))
        self.assertIn("did you mean size?", report["diagnostics"][0]["message"])

    def test_what_a_reader_may_not_read_is_told_and_absence_is_partial(self):
        reader = self.cluster.user("reader", {
            "apiGroups": ["networking.istio.io"], "resources": ["virtualservices"], "verbs": ["get", "list"]})
        done = self.weft("validate", "--cluster", "-o", "json", *MISSING, KUBECONFIG=str(reader))
        report = json.loads(done.stdout)
        self.assertFalse(report["summary"]["complete"])
        self.assertIn("gateways.networking.istio.io", report["summary"]["unread"])
        self.assertEqual([("found", "info", "partial"), ("lost", "info", "partial")], found(report))
        self.assertIn("note: gateways.networking.istio.io were not read: ", done.stderr)

    def test_no_cluster_is_one_error(self):
        done = self.weft("validate", "--cluster", "--context", "nowhere", code=4)
        self.assertIn("nowhere", done.stderr)

    def test_a_chart_is_rendered(self):
        report = self.weft_json("validate", "--chart", self.realdata("charts/istio/istiod"),
                                "--set", "pilot.replicaCount=3", "-n", "istio-system")
        self.assertGreater(report["summary"]["resources"], 10)
        chart = self.folder.name + "/shop"
        self.file("apiVersion: v2\nname: shop\nversion: 1.0.0\n", "shop/Chart.yaml")
        self.file("gateway: gone\n", "shop/values.yaml")
        self.file(json.dumps(route("web", "GATEWAY")).replace("GATEWAY", "{{ .Values.gateway }}"),
                  "shop/templates/route.yaml")
        self.assertEqual([("web", "info", "partial")],
                         found(self.weft_json("validate", "--chart", chart, *MISSING)))
        over = self.weft_json("validate", "--chart", chart, "--cluster", "--set", "gateway=edge", *MISSING)
        self.assertEqual([], found(over))
        values = self.file("gateway: typo\n", "values.yaml")
        self.assertEqual([("web", "error", "full")], found(self.weft_json(
            "validate", "--chart", chart, "--cluster", "--values", values, *MISSING, code=1)))

    def test_a_kustomization_is_built(self):
        self.yaml(route("web", "gone"), "base/route.yaml")
        self.file("resources: [route.yaml]\nnamePrefix: my-\n", "base/kustomization.yaml")
        report = self.weft_json("validate", "-k", self.folder.name + "/base", *MISSING)
        self.assertEqual([("my-web", "info", "partial")], found(report))
        self.assertTrue(report["diagnostics"][0]["position"]["file"].startswith("kustomization base: "))
