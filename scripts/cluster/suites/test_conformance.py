"""weft conformance in a real cluster: without a mesh, against the reference mesh, and what is left of runs that
are killed or interrupted. WEFT_KILL_ROUNDS says how often (3), WEFT_SEED when."""
import glob
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import tempfile
import time
import unittest

import harness
import reference_mesh
import tools

IMAGE = "weft.local/weft:1"
ROUNDS = int(os.environ.get("WEFT_KILL_ROUNDS") or 3)
SEED = int(os.environ.get("WEFT_SEED") or random.SystemRandom().randrange(1 << 32))
RUN_LABEL = "weft.dev/run"


class ConformanceTest(harness.ClusterTest):
    nodes = "real"
    limit = 600

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.cluster is None:
            return
        if not harness.STATIC_WEFT.exists():
            raise unittest.SkipTest(f"{harness.STATIC_WEFT} is not there (scripts/build.sh release, or WEFT_STATIC)")
        with tempfile.TemporaryDirectory() as work:
            archive = pathlib.Path(work, "weft.tar")
            harness.run(harness.WEFT, "image", "export", "--archive", archive, "--binary", harness.STATIC_WEFT,
                        "--name", IMAGE)
            cls.cluster.load_image(archive)

    def define(self, channel="experimental"):
        """The CRDs of the SMI and the Gateway API."""
        self.apply(*reference_mesh.definitions())
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", tools.get("gateway-api") / channel)
        self.wait_for_definitions()

    def run_suites(self, *arguments, code=0, **options):
        """The result of a run, and how it ended."""
        done = self.weft("conformance", "run", *arguments, "--image", IMAGE, "-o", "json", code=code, timeout=500,
                         **options)
        return json.loads(done.stdout), done

    def verdicts(self, result):
        return {test["id"]: test["verdict"] for suite in result["suites"] for test in suite["tests"]}

    def spaces(self):
        return [space["metadata"]["name"] for space in self.get("namespaces", selector=RUN_LABEL)]

    def nothing_is_left(self):
        self.assertEqual([], self.spaces())
        self.assertEqual([], processes_of_runs(self.home))
        self.assertEqual([], list(self.home.glob(".local/state/weft/conformance-runs/*")))


def processes_of_runs(home):
    """Processes that runs with this home have started and that are still there."""
    found = []
    for path in glob.glob("/proc/[0-9]*/environ"):
        try:
            variables = pathlib.Path(path).read_bytes().split(b"\0")
        except OSError:
            continue
        if f"HOME={home}".encode() in variables and any(v.startswith(b"WEFT_RUN=") for v in variables):
            found.append(path)
    return found


class NoMesh(ConformanceTest):
    def test_without_the_apis_nothing_is_claimed(self):
        self.kubectl("delete", "customresourcedefinitions", "--all")
        result, _ = self.run_suites("smi-traffic-access", "smi-traffic-specs", "smi-traffic-split", "--strict", code=8)
        self.assertEqual({"none"}, {suite["capability"] for suite in result["suites"]})
        self.assertEqual({"skip"}, {suite["verdict"] for suite in result["suites"]})
        self.assertEqual({"skip", "pass"}, set(self.verdicts(result).values()))
        self.assertEqual("pass", self.verdicts(result)["TS-1.2.1"])  # a Service needs no mesh
        self.nothing_is_left()

    def test_an_api_that_nobody_acts_on_fails(self):
        self.define()
        result, _ = self.run_suites(
            "smi-traffic-access", "smi-traffic-split", "--settle-limit", "2s", "--keep", "failed", code=1,
            *(f"--run-test={test}" for test in ("TA-1.1.1", "TA-1.2.1", "TS-1.1.1", "TS-1.2.3", "TS-1.2.7")))
        self.assertEqual({"TA-1.1.1": "pass", "TA-1.2.1": "fail", "TS-1.1.1": "pass", "TS-1.2.3": "fail",
                          "TS-1.2.7": "fail"}, self.verdicts(result))
        stored = self.home / ".local/share/weft/conformance" / result["id"]
        self.assertIn("app-b", (stored / "diagnosis-TS-1.2.3.txt").read_text())
        self.assertIn('"outcome":"http:200"', (stored / "evidence.jsonl").read_text())
        self.assertEqual(2, len(self.spaces()), "failed tests keep their namespaces")
        self.weft("conformance", "clean", "--expired")
        self.assertEqual(2, len(self.spaces()), "what is kept on purpose has not expired")
        self.weft("conformance", "clean", "--run", result["id"])
        self.nothing_is_left()

    def test_routes_and_mtls_that_nobody_provides_are_not_claimed(self):
        self.define()
        result, _ = self.run_suites(
            "gateway-mesh-http", "mtls-strict", "--settle-limit", "2s", code=1,
            *(f"--run-test={test}" for test in ("MeshBasic", "MeshHTTPRouteRewritePath", "MS-1.1", "MS-1.4")))
        self.assertEqual({"MeshBasic": "pass", "MeshHTTPRouteRewritePath": "fail", "MS-1.1": "fail", "MS-1.4": "fail"},
                         self.verdicts(result))
        self.kubectl("delete", "customresourcedefinitions", "--all")
        result, _ = self.run_suites("gateway-mesh-http", "--run-test=MeshHTTPRouteRewritePath", "--strict", code=8)
        self.assertEqual({"none"}, {suite["capability"] for suite in result["suites"]})
        self.nothing_is_left()

    def test_where_nobody_may_exec_probes_are_pods(self):
        suites = ["smi-traffic-split", "smi-traffic-access"]
        self.assertNotIn("exec", self.weft("conformance", "plan", suites[1], "--role", "--by-pods").stdout)
        self.define()
        user = self.cluster.user("tester", {"apiGroups": ["*"], "verbs": ["*"], "resources": [
            "namespaces", "serviceaccounts", "services", "pods", "pods/log", "configmaps", "deployments", "leases",
            "customresourcedefinitions", "nodes", "trafficsplits", "traffictargets", "tcproutes", "httproutegroups"]})
        self.assertIn("pods/exec", self.weft("conformance", "run", *suites, "--image", IMAGE, code=4,
                                             KUBECONFIG=str(user)).stderr)
        result, _ = self.run_suites(*suites, "--driver", "job", "--settle-limit", "2s", code=1, KUBECONFIG=str(user), *(
            f"--run-test={test}" for test in ("TA-1.1.1", "TA-1.2.1", "TS-1.2.1")))
        self.assertEqual({"TA-1.1.1": "pass", "TA-1.2.1": "fail", "TS-1.2.1": "pass"}, self.verdicts(result))
        self.nothing_is_left()

    def test_too_few_rights_are_told_before_anything_is_made(self):
        reader = self.cluster.user("reader", {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]})
        done = self.weft("conformance", "run", "smi-traffic-split", "--image", IMAGE, code=4, KUBECONFIG=str(reader))
        self.assertIn("create namespaces", done.stderr)
        self.nothing_is_left()


# A proxy that is given another configuration cuts connections of HTTP/2 that have just begun: nginx does, and other
# tests would be the reason.
ONE_BY_ONE = ["--parallel", "1"]


class Reference(ConformanceTest):
    """The reference mesh, injected into pods."""

    alone = True

    def setUp(self):
        super().setUp()
        self.define()

    def in_mesh(self, *arguments, broken=(), as_istio=False, **options):
        with reference_mesh.ReferenceMesh(self.cluster, broken, as_istio) as mesh:
            time.sleep(1)  # the API server reads its webhooks anew about once a second
            result, done = self.run_suites(*mesh.flags, *arguments, **options)
        self.assertIsNone(mesh.controller.failure)
        return result, done

    def test_all_suites_of_the_smi_pass(self):
        result, done = self.in_mesh("smi-traffic-access", "smi-traffic-specs", "smi-traffic-split")
        self.assertEqual({"pass"}, set(self.verdicts(result).values()))
        self.assertEqual({"full"}, {suite["capability"] for suite in result["suites"]})
        self.assertTrue(result["cleanup"]["complete"])
        self.nothing_is_left()
        # A bar, and no assertion: other programs may need the machine, too.
        print(f"        the SMI suites took {done.seconds:.1f} s; 60 s are the bar on two idle cores", flush=True)

    def test_older_versions_of_the_apis_are_spoken(self):
        chosen = ["TA-1.2.1", "TSC-1.2.2", "TS-1.2.7", "TS-2.1"]
        result, _ = self.in_mesh("smi-traffic-access", "smi-traffic-specs", "smi-traffic-split", "--api-version",
                                 "v1alpha1", *(f"--run-test={test}" for test in chosen))
        self.assertEqual(dict.fromkeys(chosen, "pass"), self.verdicts(result))

    def test_denials_are_found_where_nobody_may_exec(self):
        chosen = ["TA-1.2.1", "MA-1.1"]  # an identity that is a certificate goes from pod to pod
        result, _ = self.in_mesh("smi-traffic-access", "mtls-authorization", "--driver", "job",
                                 *(f"--run-test={test}" for test in chosen))
        self.assertEqual(dict.fromkeys(chosen, "pass"), self.verdicts(result))

    def test_a_mesh_that_ignores_weights_fails_where_weights_differ(self):
        chosen = ["TS-1.2.1", "TS-1.2.3", "TS-1.2.7", "TS-2.3"]
        result, _ = self.in_mesh("smi-traffic-split", "--settle-limit", "5s", broken=["weights-ignored"], code=1,
                                 *(f"--run-test={test}" for test in chosen))
        self.assertEqual({**dict.fromkeys(chosen, "pass"), "TS-1.2.7": "fail"}, self.verdicts(result))


    def suites_pass(self, *names):
        result, _ = self.in_mesh(*names)
        self.assertEqual({}, {name: verdict for name, verdict in self.verdicts(result).items() if verdict != "pass"})
        self.assertEqual({"full"}, {suite["capability"] for suite in result["suites"]})
        self.nothing_is_left()

    def test_the_gateway_suite_for_http_passes(self):
        self.suites_pass("gateway-mesh-http")

    def test_what_the_standard_channel_lacks_is_left_out_with_the_reason(self):
        self.kubectl("delete", "customresourcedefinitions", "--all")
        self.define("standard")
        result, _ = self.in_mesh("gateway-mesh-http", *(
            f"--run-test={test}" for test in ("MeshHTTPRouteRetry", "MeshHTTPRoute308Redirect")))
        self.assertEqual({"MeshHTTPRouteRetry": "skip", "MeshHTTPRoute308Redirect": "pass"}, self.verdicts(result))
        self.assertIn("experimental channel", [test["reason"] for suite in result["suites"]
                                               for test in suite["tests"] if test["verdict"] == "skip"][0])

    def test_the_gateway_suite_for_grpc_passes(self):
        self.suites_pass("gateway-mesh-grpc", *ONE_BY_ONE)

    def test_the_data_path_suite_passes(self):
        self.suites_pass("data-path", *ONE_BY_ONE)

    def test_routes_that_are_broken_are_found(self):
        chosen = ["MeshBasic", "MeshHTTPRouteRewritePath", "MeshHTTPRouteRedirectPort"]
        result, _ = self.in_mesh("gateway-mesh-http", "--settle-limit", "3s", broken=["location-port"], code=1,
                                 *(f"--run-test={test}" for test in chosen))
        self.assertEqual({"MeshBasic": "pass", "MeshHTTPRouteRewritePath": "pass",
                          "MeshHTTPRouteRedirectPort": "fail"}, self.verdicts(result))

    def test_protocols_that_are_broken_are_found(self):
        chosen = ["DP-2.2", "DP-3.1", "DP-4.1"]
        result, _ = self.in_mesh("data-path", "--settle-limit", "3s", broken=["trailers-dropped", "udp-dropped"],
                                 code=1, *(f"--run-test={test}" for test in chosen))
        self.assertEqual({"DP-2.2": "fail", "DP-3.1": "pass", "DP-4.1": "fail"}, self.verdicts(result))

    def test_the_mtls_suites_pass_as_far_as_they_need_no_authority(self):
        result, _ = self.in_mesh("mtls-strict", "mtls-permissive", "mtls-authorization")
        for suite in result["suites"]:
            for test in suite["tests"]:
                with self.subTest(test["id"]):
                    self.assertIn(test["verdict"], ("pass", "skip"), test.get("reason"))
                    if test["verdict"] == "skip":
                        self.assertIn("authority", test["reason"])
        self.assertEqual("pass", self.verdicts(result)["MS-1.4"])
        self.nothing_is_left()

    def test_policies_of_the_catalogue_make_namespaces_deny_and_strict(self):
        chosen = ["TA-1.1.1", "TA-1.2.1", "MS-1.1", "MS-1.4", "MP-1.1", "MA-1.1"]
        result, _ = self.in_mesh("smi-traffic-access", "mtls-strict", "mtls-permissive", "mtls-authorization",
                                 *(f"--run-test={test}" for test in chosen), as_istio=True)
        self.assertEqual(dict.fromkeys(chosen, "pass"), self.verdicts(result))
        self.nothing_is_left()

    def test_a_mesh_without_mtls_is_told_from_one_with_it(self):
        chosen = ["MS-1.1", "MS-1.4", "MS-1.5"]
        result, _ = self.in_mesh("mtls-strict", "--settle-limit", "3s", broken=["mtls-off"], code=1,
                                 *(f"--run-test={test}" for test in chosen))
        self.assertEqual(dict.fromkeys(chosen, "fail"), self.verdicts(result))


class Ended(ConformanceTest):
    """Runs that are killed or interrupted at any time leave nothing behind, after `clean` in one case and by
    themselves in the other."""

    limit = 1800

    cluster_run = ["smi-traffic-split", "--image", IMAGE, "--settle-limit", "1s"]

    def start(self, *arguments):
        environment = self.environment()
        environment["PATH"] += ":/usr/sbin:/sbin"  # of nginx
        return subprocess.Popen([harness.WEFT, "conformance", "run", *arguments], env=environment, cwd=self.home,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def end_at_random(self, number, longest, arguments, codes, *clean):
        """Sends the signal some time after the start of a run, cleans, and looks what is left; several times."""
        when = random.Random(SEED)
        for i in range(ROUNDS):
            delay = when.uniform(0, longest)
            child = self.start(*arguments)
            try:
                time.sleep(delay)
                self.note()
                child.send_signal(number)
                _, stderr = child.communicate(timeout=120)
                self.note()
            finally:
                child.kill()
            with self.subTest(seed=SEED, round=i, delay=round(delay, 2)):
                self.assertIn(child.returncode, (-number, *codes), stderr)
                if clean:
                    self.weft("conformance", "clean", *clean)
                self.nothing_is_left()

    def note(self):
        """What a run has made by now, as far as it can be found out."""

    def test_killed_in_a_cluster(self):
        self.define()
        self.end_at_random(signal.SIGKILL, 25, self.cluster_run, [1], "--expired")

    def test_interrupted_in_a_cluster(self):
        self.define()
        self.end_at_random(signal.SIGINT, 25, self.cluster_run, [1, 130])

    def test_what_others_made_stays(self):
        labels = {RUN_LABEL: "old", "weft.dev/expires": "1000"}
        self.apply(*({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
                     for name in ("shop", "weft-old-1")))
        self.weft("conformance", "clean", "--expired")
        self.assertIsNone(self.get("namespace", "weft-old-1"))
        self.assertIsNotNone(self.get("namespace", "shop"), "a copied label is no reason")
        self.kubectl("delete", "namespace", "shop")

    def test_what_does_not_go_is_told_with_who_holds_it(self):
        labels = {RUN_LABEL: "stuck", "weft.dev/expires": "1000"}
        held = {"name": "held", "namespace": "weft-stuck-1", "finalizers": ["mesh.example.org/drain"]}
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "weft-stuck-1", "labels": labels}},
                   {"apiVersion": "v1", "kind": "ConfigMap", "metadata": held})
        done = self.weft("conformance", "clean", "--expired", "--timeout", "8s", code=1)
        self.assertIn("configmaps", done.stderr)
        self.assertIn("mesh.example.org/drain", done.stderr)
        self.assertIsNotNone(self.get("configmap", "held", namespace="weft-stuck-1"), "nothing is forced unasked")
        self.weft("conformance", "clean", "--expired", "--timeout", "8s", "--force-finalizers")
        self.nothing_is_left()

    def test_a_client_that_dies_midway_is_an_error_at_worst(self):
        self.addCleanup(self.weft, "conformance", "clean", "--expired")
        child = self.start("smi-traffic-split", "--image", IMAGE, "--run-test", "TS-1.2.1")
        try:
            def client():
                return [pod["metadata"] for pod in self.get("pods", selector="app=app-a") if any(
                    c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions") or [])]
            harness.wait_until(client, 60, "a client")
            self.kubectl("delete", "pod", client()[0]["name"], "-n", client()[0]["namespace"], "--force",
                         "--grace-period=0")
            self.assertIn(child.wait(timeout=120), (0, 8))
        finally:
            child.kill()
            child.stderr.close()
        self.nothing_is_left()

    def test_a_run_that_goes_on_keeps_others_away_and_is_not_cleaned(self):
        child = self.start("smi-traffic-split", "--image", IMAGE, "--run-test", "TS-1.2.1")
        try:
            harness.wait_until(lambda: self.get("leases", namespace=(self.spaces() or ["default"])[0]), 60, "a lease")
            self.assertIn("goes on in this cluster", self.weft(
                "conformance", "run", "smi-traffic-split", "--image", IMAGE, code=1).stderr)
            self.weft("conformance", "clean", "--expired")
            self.assertEqual(1, len(self.spaces()))
            self.assertEqual(0, child.wait(timeout=120), "the first run ends well")
        finally:
            child.kill()
            child.stderr.close()
        self.nothing_is_left()


class Signed(ConformanceTest):
    """From a run to a verified signature, without a cluster."""

    nodes = None

    def test_a_result_answers_the_challenge_of_who_verifies_it(self):
        self.weft("conformance", "run", "smi-traffic-split", "--driver", "local", "--run-test", "TS-1.1.1",
                  "--challenge", "of today", "--out", "result.json",
                  PATH=self.environment()["PATH"] + ":/usr/sbin:/sbin")  # of nginx
        self.weft("keys", "new", "lab.key")
        self.weft("conformance", "export", "result.json", "--out", "signed", "--sign", "lab.key")
        verify = ["conformance", "verify", "signed/result.intoto.json", "--key", "lab.key.pub"]
        self.weft(*verify, "--challenge", "of today")
        self.assertIn("of today", self.weft(*verify, "--challenge", "of tomorrow", code=8).stderr)


class EndedHere(Ended):
    """The same for the driver that needs no cluster."""

    nodes = None

    test_killed_in_a_cluster = test_interrupted_in_a_cluster = None
    test_what_others_made_stays = test_a_run_that_goes_on_keeps_others_away_and_is_not_cleaned = None
    test_what_does_not_go_is_told_with_who_holds_it = test_a_client_that_dies_midway_is_an_error_at_worst = None

    def setUp(self):
        super().setUp()
        self.made = set()

    def note(self):
        for journal in self.home.glob(".local/state/weft/conformance-runs/*"):
            self.made.update(re.findall(r'"name": ?"([^"]+)"', journal.read_text()))

    def nothing_is_left(self):
        self.assertEqual([], list(self.home.glob(".local/state/weft/conformance-runs/*")))
        self.assertEqual([], processes_of_runs(self.home))
        self.assertEqual([], [name for name in self.made if any(
            pathlib.Path(place, name).exists() for place in ("/run/netns", "/etc/netns"))])  # or an absolute path

    def test_killed_here(self):
        self.end_at_random(signal.SIGKILL, 12, ["smi-traffic-access", "--driver", "local"], [0],
                           "--driver", "local", "--expired")
        self.assertTrue(self.made)

    def test_interrupted_here(self):
        self.end_at_random(signal.SIGINT, 12, ["smi-traffic-access", "--driver", "local"], [0, 130])
