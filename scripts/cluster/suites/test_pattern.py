"""Patterns on real clusters: plan, apply, prune, delete, import; what fails, and what was killed."""
import json
import os
import pathlib
import random
import signal
import subprocess
import time

import harness

MEMBER = "applyset.kubernetes.io/part-of"
SPLIT = """name: {ns}
services:
  split:
    type: TrafficSplit
    name: reviews
    namespace: {ns}
    settings: {{backends: [{{service: reviews-v1, weight: {old}}}, {{service: reviews-v2, weight: {new}}}]}}
"""


class PatternTest(harness.ClusterTest):
    def file(self, text, name="pattern.yaml"):
        path = self.home / name
        path.write_text(text)
        return path

    def charts(self):
        """A folder for --chart-dir in which add-ons stand beside meshes."""
        folder = self.home / "charts"
        if not folder.exists():
            folder.mkdir()
            for chart in [*self.realdata("charts").iterdir(), *self.realdata("charts/addons").iterdir()]:
                if chart.name != "addons":
                    (folder / chart.name).symlink_to(chart)
        return ["--chart-dir", folder]

    def pattern(self, *words, **options):
        return self.weft("pattern", *words, **options)

    def apply_pattern(self, path, *more, **options):
        return self.pattern("apply", path, "--yes", *more, **options)

    def plan(self, path, *more, **options):
        return json.loads(self.pattern("plan", path, "-o", "json", *more, **options).stdout)

    def versions(self, *kinds):
        """Which objects there are, and how often each was written."""
        return {(o["kind"], o["metadata"].get("namespace"), o["metadata"]["name"]): o["metadata"]["resourceVersion"]
                for kind in kinds for o in self.get(kind)}


@harness.each_tool("helm3", "helm4")
class Seed(PatternTest):
    limit = 900

    SEED = """name: IstioSM
services:
  istio:
    type: IstioMesh
    namespace: istio-system
    version: 1.30.3
    traits:
      mTLS:
        policy: strict
        namespaces: [istio-test]
      automaticSidecarInjection:
        namespaces: [default, istio-test]
  grafana:
    type: Grafana
    namespace: istio-system
    dependsOn: [istio, prometheus]
  prometheus:
    type: Prometheus
    namespace: istio-system
    dependsOn: [istio]
"""

    def releases(self):
        return {r["name"]: (r["status"], r["revision"])
                for r in json.loads(self.helm("list", "-A", "-o", "json").stdout)}

    def test_the_seeds_own_example(self):
        path, charts = self.file(self.SEED), self.charts()
        self.cluster.add_volumes(4)
        plan = self.plan(path, *charts)
        self.assertEqual((3, 0, 0), (plan["create"], plan["unchanged"], plan["refused"]), plan)
        self.assertIsNone(self.get("namespace", "istio-test"))

        done = self.apply_pattern(path, *charts, "--timeout", "400s", timeout=600)
        told = [done.stderr.rindex(f"/3 {name}  done") for name in ("istio", "prometheus", "grafana")]
        self.assertEqual(sorted(told), told, done.stderr)
        self.assertEqual({"deployed"}, {status for status, _ in self.releases().values()})
        labels = self.get("namespace", "istio-test")["metadata"]["labels"]
        self.assertEqual("enabled", labels["istio-injection"])
        policy = self.get("peerauthentications.security.istio.io", "default", "istio-test")
        self.assertEqual("STRICT", policy["spec"]["mtls"]["mode"])

        kinds = ("namespaces", "configmaps", "services", "peerauthentications.security.istio.io",
                 "customresourcedefinitions", "serviceaccounts")
        before, releases = self.versions(*kinds), self.releases()
        again = json.loads(self.apply_pattern(path, *charts, "-o", "json", timeout=300).stdout)
        self.assertEqual({"unchanged"}, {s["outcome"] for s in again["services"]}, again)
        self.assertEqual(before, self.versions(*kinds))
        self.assertEqual(releases, self.releases())
        self.pattern("plan", path, *charts, "--exit-code")
        self.pattern("diff", path, *charts)
        status = json.loads(self.pattern("status", path, *charts, "-o", "json").stdout)
        self.assertTrue(status["ready"], status)
        self.assertIn("IstioSM", self.pattern("list").stdout)

        self.mesh_agnostic_types_are_made_for_the_mesh_that_is_there()

        fewer = self.file(self.SEED.replace("[default, istio-test]", "[istio-test]"), "fewer.yaml")
        self.assertEqual(["Namespace default"], [n["object"] for n in self.plan(fewer, *charts)["namespaces"]])
        self.apply_pattern(fewer, *charts, timeout=300)
        self.assertNotIn("istio-injection", self.get("namespace", "default")["metadata"]["labels"])

        gone = self.pattern("delete", path, *charts, "--yes", "--timeout", "300s", timeout=400)
        told = [gone.stderr.rindex(f"/3 {name}  deleted") for name in ("grafana", "prometheus", "istio")]
        self.assertEqual(sorted(told), told, gone.stderr)
        self.assertEqual({}, self.releases())
        self.assertNotIn("istio-injection", self.get("namespace", "istio-test")["metadata"].get("labels", {}))
        self.assertEqual([], self.get("configmaps", selector="applyset.kubernetes.io/id"))
        self.assertEqual([], self.get("peerauthentications.security.istio.io"))

    def mesh_agnostic_types_are_made_for_the_mesh_that_is_there(self):
        path = self.file(SPLIT.format(ns="istio-test", old=90, new=10), "split.yaml")
        self.assertEqual(self.pattern("render", path, "--mesh", "istio@1.30.3").stdout,
                         self.pattern("render", path).stdout)
        self.apply_pattern(path)
        self.assertIsNotNone(self.get("virtualservices.networking.istio.io", "reviews", "istio-test"))
        self.pattern("delete", path, "--yes")
        self.assertIsNone(self.get("virtualservices.networking.istio.io", "reviews", "istio-test"))

    def test_a_mesh_that_was_there_before_is_not_deleted(self):
        path, charts = self.file("name: guest\nservices: {istio: {type: IstioMesh}}\n"), self.charts()
        self.weft("install", "istio", *charts, "--yes", "--timeout", "400s", timeout=600)
        self.assertEqual(1, self.plan(path, *charts)["unchanged"])
        self.apply_pattern(path, *charts)
        self.pattern("delete", path, *charts, "--yes")
        self.assertIn("istiod", self.releases())
        self.weft("uninstall", "istio", "--yes", "--purge", timeout=300)


OLD = """
apiVersion: split.smi-spec.io/v1alpha2
kind: TrafficSplit
metadata: {name: reviews, namespace: shop}
spec:
  service: reviews
  backends: [{service: reviews-v1, weight: 80}, {service: reviews-v2, weight: 20}]
---
apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: {name: reviews, namespace: shop}
spec:
  destination: {kind: ServiceAccount, name: reviews, namespace: shop}
  sources: [{kind: ServiceAccount, name: front, namespace: shop}]
---
apiVersion: policy.openservicemesh.io/v1alpha1
kind: Retry
metadata: {name: reviews, namespace: shop}
spec:
  source: {kind: ServiceAccount, name: front, namespace: shop}
  destinations: [{kind: Service, name: reviews, namespace: shop}]
  retryPolicy: {numRetries: 3, perTryTimeout: 1s, retryOn: 5xx}
"""


def definition(group, version, kind, plural):
    """A kind without a schema."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}", "annotations": {"api-approved.kubernetes.io": "unapproved"}},
            "spec": {"group": group, "scope": "Namespaced", "names": {"kind": kind, "plural": plural},
                     "versions": [{"name": version, "served": True, "storage": True, "schema": schema}]}}


class Migration(PatternTest):
    nodes = "none"

    def test_from_open_service_mesh_to_the_gateway_api_and_to_istio(self):
        self.apply(definition("split.smi-spec.io", "v1alpha2", "TrafficSplit", "trafficsplits"),
                   definition("access.smi-spec.io", "v1alpha3", "TrafficTarget", "traffictargets"),
                   definition("specs.smi-spec.io", "v1alpha4", "HTTPRouteGroup", "httproutegroups"),
                   definition("policy.openservicemesh.io", "v1alpha1", "Retry", "retries"))
        gateway = self.realdata("charts/linkerd/linkerd-crds/templates/rendered.yaml")
        self.kubectl("apply", "--server-side", "-f", gateway)
        self.helm("upgrade", "--install", "istio-base", self.realdata("charts/istio/base"),
                  "-n", "istio-system", "--create-namespace")
        self.wait_for_definitions()
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {
            "name": "shop", "labels": {"openservicemesh.io/monitored-by": "osm"}}})
        self.apply(OLD)
        nothing = self.pattern("import", "--namespace", "default", code=4)
        self.assertIn("default", nothing.stderr)

        found = json.loads(self.pattern("import", "--namespace", "shop", "--from", "osm", "-o", "json").stdout)
        self.assertLessEqual({"TrafficSplit", "Retry", "Authorization"},
                             {s["type"] for s in found["services"].values()}, found)
        path = self.file(json.dumps(found), "shop.yaml")

        refused = self.pattern("render", path, "--mesh", "gateway-api", code=None)
        self.assertNotEqual(0, refused.code)
        self.assertIn("cannot express", refused.stderr)
        rendered = self.pattern("render", path, "--mesh", "gateway-api", "--allow-loss")
        self.assertIn("cannot express", rendered.stderr)
        self.assertIn("kind: HTTPRoute", rendered.stdout)

        # The definitions of the standard channel have no retries: the plan tells it.
        plan = self.plan(path, "--mesh", "gateway-api", "--allow-loss", code=3)
        self.assertIn(".retry: field not declared", str(plan["services"]))
        whole, kept = path, {k: s for k, s in found["services"].items() if s["type"] != "Retry"}
        path = self.file(json.dumps({**found, "services": kept}), "fewer.yaml")
        self.apply_pattern(path, "--mesh", "gateway-api", "--allow-loss")
        route = self.get("httproutes.gateway.networking.k8s.io", "reviews", "shop")
        self.assertEqual([("reviews-v1", 80), ("reviews-v2", 20)],
                         [(b["name"], b["weight"]) for b in route["spec"]["rules"][0]["backendRefs"]])
        self.pattern("diff", path, "--mesh", "gateway-api", "--allow-loss")

        # On to Istio in the same cluster: what the Gateway API had left the file, and goes.
        self.apply_pattern(whole, "--mesh", "istio", "--allow-loss", "--prune")
        service = self.get("virtualservices.networking.istio.io", "reviews", "shop")
        self.assertEqual([80, 20], [r["weight"] for r in service["spec"]["http"][0]["route"]])
        self.assertEqual(3, service["spec"]["http"][0]["retries"]["attempts"])
        self.assertIsNone(self.get("httproutes.gateway.networking.k8s.io", "reviews", "shop"))
        self.assertEqual(1, len(self.get("trafficsplits.split.smi-spec.io")))


class Changing(PatternTest):
    """Everything that needs no pods."""
    nodes = "none"
    prepared = None

    def setUp(self):
        super().setUp()
        if type(self).prepared is not self.cluster:
            self.helm("upgrade", "--install", "istio-base", self.realdata("charts/istio/base"),
                      "-n", "istio-system", "--create-namespace")
            self.wait_for_definitions()
            type(self).prepared = self.cluster

    def fields(self, path, *more, code):
        plan = json.loads(self.pattern("diff", path, "-o", "json", *more, code=code).stdout)
        return [(f["path"], f["from"], f["to"]) for s in plan["services"] for c in s["changes"] for f in c["fields"]]

    def test_a_canary_by_editing_the_file(self):
        ns = self.new_namespace()
        path = self.file(SPLIT.format(ns=ns, old=90, new=10))
        self.apply_pattern(path, "--mesh", "istio")
        weights = (90, 10)
        for step in ((50, 50), (0, 100)):
            path = self.file(SPLIT.format(ns=ns, old=step[0], new=step[1]))
            route = "spec.http[0].route[{}].weight"
            self.assertEqual([(route.format(i), str(weights[i]), str(step[i])) for i in (0, 1)],
                             self.fields(path, "--mesh", "istio", code=1))
            self.apply_pattern(path, "--mesh", "istio")
            weights = step
            live = self.get("virtualservices.networking.istio.io", "reviews", ns)["spec"]["http"][0]["route"]
            self.assertEqual(list(step), [r.get("weight", 0) for r in live])
            self.assertEqual([], self.fields(path, "--mesh", "istio", code=0))

    def test_prune_removes_what_left_the_file_and_nothing_else(self):
        ns = self.new_namespace()
        one = "  {0}: {{type: ConfigMap, namespace: {1}, settings: {{data: {{k: v}}}}}}\n"
        self.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "foreign", "namespace": ns}})
        other = self.file(f"name: other\nservices:\n{one.format('others', ns)}", "other.yaml")
        self.apply_pattern(other)
        head = f"name: prune\nservices:\n{one.format('stays', ns)}"
        route = (f"  route: {{type: VirtualService, namespace: {ns}, settings: {{hosts: [web], http: "
                 "[{route: [{destination: {host: web}}]}]}}\n")
        role = "  weft-prune-test: {type: ClusterRole, settings: {rules: []}}\n"
        self.apply_pattern(self.file(head + one.format("goes", ns) + route + role))
        parent = self.get("configmap", "weft-pattern-prune", "default")
        self.assertEqual("ClusterRole.rbac.authorization.k8s.io,ConfigMap,VirtualService.networking.istio.io",
                         parent["metadata"]["annotations"]["applyset.kubernetes.io/contains-group-kinds"])
        self.assertEqual(parent["metadata"]["labels"]["applyset.kubernetes.io/id"],
                         self.get("configmap", "goes", ns)["metadata"]["labels"][MEMBER])

        path = self.file(head)
        self.assertEqual(3, len(self.plan(path)["leaving"]))
        self.assertIn("--prune deletes them", self.apply_pattern(path).stderr)
        self.assertIsNotNone(self.get("configmap", "goes", ns))
        done = json.loads(self.apply_pattern(path, "--prune", "-o", "json").stdout)
        self.assertEqual(["ConfigMap", "VirtualService", "ClusterRole"], [p.split()[0] for p in done["pruned"]])
        names = {o["metadata"]["name"] for o in self.get("configmaps", namespace=ns)} - {"kube-root-ca.crt"}
        self.assertEqual({"stays", "others", "foreign"}, names)
        self.assertEqual([], self.get("virtualservices.networking.istio.io", namespace=ns))
        self.assertIsNone(self.get("clusterrole", "weft-prune-test"))
        self.assertEqual([], self.plan(path)["leaving"])

    def test_delete_also_takes_what_was_never_pruned(self):
        ns = self.new_namespace()
        one = "  {0}: {{type: ConfigMap, namespace: {1}}}\n"
        head = f"name: unpruned\nservices:\n{one.format('here', ns)}"
        self.apply_pattern(self.file(head + one.format("left", ns)))
        self.apply_pattern(self.file(head))
        self.pattern("delete", self.file(head), "--yes")
        names = {o["metadata"]["name"] for o in self.get("configmaps", namespace=ns)}
        self.assertEqual({"kube-root-ca.crt"}, names)
        self.assertIsNone(self.get("configmap", "weft-pattern-unpruned", "default"))
        again = json.loads(self.pattern("delete", self.file(head), "--yes", "-o", "json").stdout)
        self.assertEqual({"unchanged"}, {s["outcome"] for s in again["services"]})

    def test_a_field_of_another_manager_is_named(self):
        ns = self.new_namespace()
        text = ("name: contested\nservices:\n"
                f"  shared: {{type: ConfigMap, namespace: {ns}, settings: {{data: {{k: VALUE}}}}}}\n")
        self.apply_pattern(self.file(text))
        changed = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shared", "namespace": ns},
                   "data": {"k": "theirs"}}
        self.kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=somebody", "-f", "-",
                     text=json.dumps(changed))
        path = self.file(text)
        plan = self.plan(path, code=4)
        service = plan["services"][0]
        self.assertEqual([("somebody", [".data.k"])],
                         [(o["manager"], o["fields"]) for o in service["obstacles"]])
        self.assertEqual([("data.k", "theirs", "VALUE")],
                         [(f["path"], f["from"], f["to"]) for f in service["changes"][0]["fields"]])
        done = self.apply_pattern(path, code=4)
        self.assertIn("somebody", done.stdout)
        self.assertIn("--force-conflicts", done.stdout)
        self.assertEqual("theirs", self.get("configmap", "shared", ns)["data"]["k"])
        self.apply_pattern(path, "--force-conflicts")
        self.assertEqual("VALUE", self.get("configmap", "shared", ns)["data"]["k"])

    def test_two_patterns_do_not_take_an_object_from_each_other(self):
        ns = self.new_namespace()
        shipped = ["--set", "service=web", "--set", f"namespace={ns}", "--mesh", "istio", "--yes"]

        def rules():
            return self.get("virtualservices.networking.istio.io", "web", ns)["spec"]["http"][0]
        self.pattern("catalog", "apply", "timeouts", *shipped)
        refused = self.pattern("catalog", "apply", "canary", *shipped, code=4)
        self.assertIn(f"VirtualService {ns}/web belongs to pattern timeouts", refused.stdout)
        self.assertIn("--force-conflicts", refused.stdout)
        self.assertIn("timeout", rules())
        variables = ["--var", "service=web", "--var", f"namespace={ns}", "--mesh", "istio"]
        plan = self.plan("catalog:canary", *variables, code=4)
        self.assertEqual([(f"VirtualService {ns}/web", "belongs to pattern timeouts")],
                         [(o["object"], o["why"]) for s in plan["services"] for o in s["obstacles"]])

        self.pattern("catalog", "apply", "canary", *shipped, "--force-conflicts")
        self.assertEqual([90, 10], [r["weight"] for r in rules()["route"]])
        self.assertEqual(4, self.pattern("diff", "catalog:timeouts", *variables, code=None).code)
        self.pattern("delete", "catalog:timeouts", *variables, "--yes")  # leaves what is no longer its own
        self.assertIn("route", rules())

    def test_a_new_object_of_a_wrong_shape_is_seen_in_the_plan(self):
        ns = self.new_namespace()
        broken = (f"  broken: {{type: Deployment, namespace: {ns}, settings: {{replicas: many, selector: "
                  "{matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: []}}}}\n")
        good = f"  good: {{type: ConfigMap, namespace: {ns}}}\n"
        path = self.file(f"name: shape\nservices:\n{good}{broken}")
        plan = self.plan(path, code=3)
        self.assertEqual({"good": 0, "broken": 1},
                         {s["service"]: len(s["obstacles"]) for s in plan["services"]})
        self.assertIn("replicas", [o["why"] for s in plan["services"] for o in s["obstacles"]][0])
        self.assertIsNone(self.get("configmap", "good", ns))

        # What the plan itself brings is excepted: a namespace, and a kind with its definition.
        kind = json.dumps(definition("test.weft.dev", "v1", "Gadget", "gadgets")["spec"])
        path = self.file(
            "name: brings\nservices:\n  brought: {type: Namespace}\n"
            f"  gadgets.test.weft.dev: {{type: CustomResourceDefinition, settings: {kind}}}\n"
            "  gadget: {type: Gadget, namespace: brought, settings: {size: 3}}\n"
            "  alone: {type: Gadget, namespace: " + ns + ", settings: {size: 4}}\n"
            "  in-new: {type: ConfigMap, namespace: brought}\n"
            "  nowhere: {type: Sprocket, apiVersion: no.such.dev/v1, namespace: " + ns + "}\n")
        plan = self.plan(path, code=4)
        self.assertEqual(["nowhere"], [s["service"] for s in plan["services"] if s["obstacles"]], plan)
        done = self.apply_pattern(path, code=4)
        self.assertIn("failed nowhere", done.stdout)
        self.assertIsNotNone(self.get("gadgets.test.weft.dev", "gadget", "brought"))
        self.assertIsNotNone(self.get("gadgets.test.weft.dev", "alone", ns))

    def test_a_failure_stops_its_dependants_and_the_same_command_goes_on(self):
        ns = self.new_namespace()
        self.apply({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none", "namespace": ns},
                    "spec": {"hard": {"count/secrets": "0"}}})
        harness.wait_until(lambda: self.get("resourcequota", "none", ns).get("status", {}).get("hard"), 30)
        path = self.file(f"""name: chain
services:
  first: {{type: ConfigMap, namespace: {ns}}}
  blocked: {{type: Secret, namespace: {ns}, settings: {{stringData: {{k: v}}}}, dependsOn: [first]}}
  after: {{type: ConfigMap, namespace: {ns}, dependsOn: [blocked]}}
  aside: {{type: ConfigMap, namespace: {ns}, dependsOn: [first]}}
  beyond: {{type: ConfigMap, namespace: {ns}, dependsOn: [aside]}}
""")
        done = self.apply_pattern(path, code=4)
        for line in ("done first", "failed blocked", "withheld after: needs blocked", "done aside", "done beyond"):
            self.assertIn(line, done.stdout)
        self.assertIn("quota", done.stdout)
        self.assertIn("the same command goes on from here", done.stderr)
        self.assertIsNone(self.get("configmap", "after", ns))
        self.kubectl("delete", "resourcequota", "none", "-n", ns)
        again = json.loads(self.apply_pattern(path, "-o", "json").stdout)
        self.assertEqual({"first": "unchanged", "blocked": "done", "after": "done", "aside": "unchanged",
                          "beyond": "unchanged"}, {s["service"]: s["outcome"] for s in again["services"]})

    def test_secrets_are_never_shown(self):
        ns, value = self.new_namespace(), "correct-horse-battery-staple-" * 4
        (self.home / "key").write_text("from-a-file-4711\n")
        text = f"""name: secrets
services:
  sealed: {{type: Secret, namespace: {ns}, settings: {{stringData: {{a: $(#ref.env.TOKEN), b: $(#ref.file.key)}}}}}}
  plain: {{type: ConfigMap, namespace: {ns}, settings: {{data: {{url: "https://u:$(#ref.env.TOKEN)@x"}}}}}}
  echo: {{type: Service, namespace: {ns}, settings: {{clusterIP: $(#ref.env.TOKEN), ports: [{{port: 80}}]}}}}
"""
        missing = self.pattern("plan", self.file(text), code=3)
        self.assertIn("TOKEN is not set", missing.stdout)
        shown = []
        for words in (("plan",), ("plan", "-o", "json"), ("apply", "--yes", "-v"), ("diff",)):
            done = self.pattern(*words[:1], self.file(text), *words[1:], code=None, TOKEN=value)
            shown.append(done.stdout + done.stderr)
        changed = self.file(text.replace("https:", "http:"))
        shown.append(self.pattern("diff", changed, code=None, TOKEN=value).stdout)
        self.assertIn("(masked)", shown[-1])
        rotated = self.pattern("diff", self.file(text), code=None, TOKEN="new-" + value)
        self.assertIn("Secret", rotated.stdout)
        shown.append(rotated.stdout + rotated.stderr)
        for text_shown in shown:
            for part in (value[:20], "from-a-file", "Y29ycmVjdC1ob3JzZS"):
                self.assertNotIn(part, text_shown)
        self.assertTrue(self.get("secret", "sealed", ns))

    def test_traits_keep_their_old_meaning_and_say_so(self):
        ns = self.new_namespace()
        path = self.file(f"""name: traits
services:
  web:
    type: Application
    namespace: {ns}
    settings: {{containers: [{{name: web, image: "weft.local/web:1", ports: [{{containerPort: 8080}}]}}]}}
    traits:
      Retry: {{attempts: 3}}
      Timeout: {{request: 3s}}
      RolloutStrategy: {{canary: {{}}}}
""")
        self.apply_pattern(path, "--mesh", "istio", "--timeout", "9s", code=6)  # no pod runs here
        rules = self.get("virtualservices.networking.istio.io", "web", ns)["spec"]["http"][0]
        self.assertEqual((3, "3s"), (rules["retries"]["attempts"], rules["timeout"]))
        rendered = self.pattern("render", path, "--mesh", "istio").stdout
        self.assertIn("attempts: 3", rendered)
        self.assertIn("timeout: 3s", rendered)
        mesh = self.file(f"""name: mesh-traits
services:
  istio: {{type: IstioMesh, traits: {{mTLS: {{policy: mutual, namespaces: [{ns}]}}}}}}
""", "mesh.yaml")
        plan = self.pattern("plan", mesh, "--offline")
        self.assertIn("mutual, which has always meant PERMISSIVE", plan.stderr)
        self.assertIn("policy: strict", plan.stderr)

    def test_without_a_cluster_without_a_login_and_with_few_rights(self):
        ns = self.new_namespace()
        path = self.file(f"name: rights\nservices:\n  mine: {{type: ConfigMap, namespace: {ns}}}\n")
        self.pattern("plan", path, "--offline", KUBECONFIG="/nonexistent")
        for words, text in ((["--context", "nowhere"], "nowhere"), ([], "")):
            done = self.pattern("plan", path, *words, code=4, **({} if words else {"KUBECONFIG": "/nonexistent"}))
            self.assertIn("try:", done.stderr)
            self.assertIn(text, done.stderr)
        config = pathlib.Path(self.cluster.kubeconfig).read_text().splitlines()
        nobody = self.file("\n".join(line for line in config if "client-" not in line), "nobody")
        done = self.pattern("plan", path, code=4, KUBECONFIG=str(nobody))
        self.assertRegex(done.stderr, "log in|credentials")

        reader = self.cluster.user("pattern-reader", {
            "apiGroups": [""], "resources": ["configmaps", "namespaces"], "verbs": ["get", "list"]})
        done = self.pattern("plan", path, code=4, KUBECONFIG=str(reader))
        self.assertIn("forbidden", done.stdout)
        self.assertIn("ConfigMap " + ns + "/mine", done.stdout)

        member = self.cluster.user("pattern-member")
        rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["*"]}]
        about = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "member", "namespace": ns}}
        group = {"apiGroup": "rbac.authorization.k8s.io"}
        self.apply({**about, "kind": "Role", "rules": rules},
                   {**about, "kind": "RoleBinding", "roleRef": {**group, "kind": "Role", "name": "member"},
                    "subjects": [{**group, "kind": "User", "name": "pattern-member"}]})
        self.apply_pattern(path, "-n", ns, KUBECONFIG=str(member))
        self.assertIsNotNone(self.get("configmap", "mine", ns))
        self.apply_pattern(self.file(f"name: rights\nservices:\n  other: {{type: ConfigMap, namespace: {ns}}}\n"),
                           "-n", ns, "--prune", KUBECONFIG=str(member))
        self.assertIsNone(self.get("configmap", "mine", ns))


class Pods(PatternTest):
    limit = 600

    CHAIN = """name: {name}
services:
  {name}: {{type: Namespace}}
  widgets.{name}.weft.dev:
    type: CustomResourceDefinition
    settings:
      group: {name}.weft.dev
      scope: Namespaced
      names: {{kind: Widget, plural: widgets}}
      versions:
        - name: v1
          served: true
          storage: true
          schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}
  widget: {{type: Widget, apiVersion: {name}.weft.dev/v1, namespace: {name}, settings: {{size: 1}}}}
  key: {{type: Secret, namespace: {name}, settings: {{stringData: {{k: $(#ref.env.TOKEN)}}}}}}
  data: {app}
  web: {app}
  front: {app}
"""

    def chain(self, name, last="front"):
        def app(*needs):
            return (f"{{type: Application, namespace: {name}, settings: {{containers: [{{name: c, image: "
                    f"\"weft.local/web:1\", ports: [{{containerPort: 8080}}]}}]}}, dependsOn: [{', '.join(needs)}]}}")
        text = self.CHAIN.format(name=name, app="APP")
        for needs in (("key", "widget"), ("data",), ("web",)):
            text = text.replace("APP", app(*needs), 1)
        return self.file(text.replace("  front:", f"  {last}:"), f"{name}.yaml")

    def test_the_same_command_finishes_what_was_killed(self):
        seed = int(os.environ.get("WEFT_SEED") or time.time())
        print(f"WEFT_SEED={seed}", flush=True)
        rng = random.Random(seed)
        secret = {"TOKEN": "of-this-test"}
        began = time.monotonic()
        self.apply_pattern(self.chain("usual"), **secret)
        usual = time.monotonic() - began
        for number in range(int(os.environ.get("WEFT_ROUNDS") or 4)):
            with self.subTest(round=number):
                name = f"round{number}"
                path = self.chain(name)
                if number % 2:  # a change, with something to be pruned
                    self.apply_pattern(path, **secret)
                    path = self.chain(name, last="other")
                self.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"foreign-{name}"}})
                command = [str(harness.WEFT), "pattern", "apply", str(path), "--yes", "--prune"]
                child = subprocess.Popen(command, env=self.environment(**secret), cwd=self.home,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(rng.uniform(0.1, usual))
                child.send_signal(signal.SIGKILL)
                child.wait(30)
                self.apply_pattern(path, "--prune", **secret)
                self.pattern("plan", path, "--prune", "--exit-code", **secret)
                self.pattern("status", path, **secret)
                apps = {d["metadata"]["name"] for d in self.get("deployments", namespace=name)}
                self.assertEqual({"data", "web", "other" if number % 2 else "front"}, apps)
                self.assertIsNotNone(self.get("configmap", f"foreign-{name}", "default"))
        self.pattern("delete", self.chain("usual"), "--yes", **secret)
        self.assertIsNone(self.get("namespace", "usual"))
        self.assertIsNone(self.get("customresourcedefinition", "widgets.usual.weft.dev"))

    def test_what_does_not_get_ready_is_named_and_the_rest_stands(self):
        self.cluster.outcome({"stuck.web": "image-pull"})
        path, secret = self.chain("stuck"), {"TOKEN": "of-this-test"}
        done = self.apply_pattern(path, "--timeout", "25s", code=6, **secret)
        self.assertIn("done data", done.stdout)
        self.assertIn("failed web: Deployment stuck/web", done.stdout)
        self.assertIn("cannot be pulled", done.stdout)
        self.assertIn("open front", done.stdout)
        self.assertEqual("waiting", {s["service"]: s["status"] for s in json.loads(
            self.pattern("status", path, "-o", "json", code=1, **secret).stdout)["services"]}["web"])
        self.cluster.outcome({})
        self.apply_pattern(path, "--timeout", "100s", **secret)
        self.pattern("status", path, **secret)

    def test_add_ons_go_side_by_side_and_one_that_was_interrupted_is_waited_for(self):
        names = {"grafana", "jaeger", "prometheus"}
        grafana = "{type: Grafana, settings: {values: {adminUser: $(#ref.env.WHO)}}}"
        path = self.file(f"name: addons\nservices: {{g: {grafana}, j: {{type: Jaeger}}, p: {{type: Prometheus}}}}\n")
        who = {"WHO": "nobody-may-know"}
        self.cluster.add_volumes(4)
        self.cluster.outcome({f"weft-observability.{name}": "never-ready" for name in names})
        command = ["pattern", "apply", path, "--yes", "--timeout", "300s", *self.charts()]
        child = subprocess.Popen([str(harness.WEFT), *map(str, command)], env=self.environment(**who), cwd=self.home,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

        def releases():
            return {r["name"] for r in json.loads(self.helm("list", "-A", "-o", "json").stdout)}
        harness.wait_until(lambda: names <= releases(), 120, "a release of each, though none gets ready")
        child.send_signal(signal.SIGINT)
        told, _ = child.communicate(timeout=60)
        self.assertEqual(-signal.SIGINT, child.returncode)
        self.assertEqual(["failed g: ", "failed j: ", "failed p: "],
                         [line[:10] for line in told.splitlines() if line.startswith("failed")])
        self.cluster.outcome({f"weft-observability.{name}": "ready 5" for name in names})
        self.weft(*command, timeout=400, **who)
        self.assertEqual(1, self.get("deployment", "grafana", "weft-observability")["status"]["readyReplicas"])
        values = self.helm("get", "values", "grafana", "-n", "weft-observability").stdout
        self.assertIn(who["WHO"], values)  # in a Secret, and nowhere else
        self.assertEqual([], [c["metadata"]["name"] for c in self.get("configmaps") if who["WHO"] in str(c)])
        self.assertNotIn(who["WHO"], told)
        self.pattern("delete", path, "--yes", *self.charts(), timeout=300, **who)
        self.assertEqual(set(), releases())
        self.cluster.outcome({})

    def test_zipkin_comes_from_a_chart_of_ones_own(self):
        path = self.file("name: traces\nservices: {zipkin: {type: ZipkinIstioAddon}}\n")
        without = self.pattern("plan", path, code=None)
        self.assertNotEqual(0, without.code)
        self.assertIn("--chart-dir", without.stdout + without.stderr)
        chart = self.home / "charts/zipkin"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("{apiVersion: v2, name: zipkin, version: 0.3.1}\n")
        labels = {"app.kubernetes.io/name": "zipkin"}
        container = {"name": "zipkin", "image": "weft.local/web:1"}
        pod = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
        (chart / "templates/zipkin.yaml").write_text(json.dumps(
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "zipkin"},
             "spec": {"selector": {"matchLabels": labels}, "template": pod}}))
        charts = ["--chart-dir", chart.parent]
        self.apply_pattern(path, *charts)
        self.assertEqual(1, self.get("deployment", "zipkin", "weft-observability")["status"]["readyReplicas"])
        self.pattern("plan", path, *charts, "--exit-code")
        self.pattern("delete", path, *charts, "--yes")
        self.assertIsNone(self.get("deployment", "zipkin", "weft-observability"))


class KilledMesh(PatternTest):
    limit = 1200

    def test_a_mesh_that_was_being_installed_is_finished_by_the_same_command(self):
        seed = int(os.environ.get("WEFT_SEED") or time.time())
        print(f"WEFT_SEED={seed}", flush=True)
        rng = random.Random(seed)
        path = self.file("name: killed\nservices:\n  istio:\n    type: IstioMesh\n    traits:\n"
                         "      mTLS: {policy: strict, namespaces: [killed]}\n"
                         "      automaticSidecarInjection: {namespaces: [killed]}\n"
                         "  data: {type: ConfigMap, namespace: killed}\n")
        command = ["apply", path, "--yes", "--timeout", "300s", *self.charts()]
        began = time.monotonic()
        self.pattern(*command, timeout=400)
        usual = time.monotonic() - began
        for number in range(3):
            with self.subTest(round=number):
                self.pattern("delete", path, "--yes", "--timeout", "300s", *self.charts(), timeout=400)
                self.assertEqual("[]", self.helm("list", "-A", "-o", "json").stdout.strip())
                child = subprocess.Popen([str(harness.WEFT), "pattern", *map(str, command)], cwd=self.home,
                                         env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(rng.uniform(0.3, usual))
                child.kill()
                child.wait(30)
                self.pattern(*command, timeout=400)
                self.pattern("status", path, *self.charts())
                self.assertIsNotNone(self.get("peerauthentications.security.istio.io", "default", "killed"))
