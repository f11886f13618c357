"""What the cluster suites share: clusters, weft with the tools it drives, and short ways to ask the API.

    import harness

    @harness.each_tool("helm3", "helm4")
    class Install(harness.ClusterTest):
        nodes = "fake"

        def test_installs_istio(self):
            self.weft("install", "istio", "--yes")
            self.assertEqual(1, self.get("deployment", "istiod", "istio-system")["status"]["readyReplicas"])

A class gets a cluster of its own, which is quicker than cleaning one: see ClusterTest. Programs run without
a shell and with a time limit.
"""
import atexit
import collections
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import tools

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
WEFT = pathlib.Path(os.environ.get("WEFT") or SOURCE / "build/test/weft").absolute()
STATIC_WEFT = pathlib.Path(os.environ.get("WEFT_STATIC") or SOURCE / "build/release/static/weft").absolute()
REALDATA = pathlib.Path(os.environ.get("WEFT_REALDATA") or SOURCE.parent / "shared/realdata")
STATE = pathlib.Path(os.environ.get("WEFT_CLUSTER_STATE") or pathlib.Path(
    os.environ.get("TMPDIR") or "/tmp", "weft-cluster"))  # as in env.sh

Finished = collections.namedtuple("Finished", "code stdout stderr seconds")


def run(*command, timeout=120, env=None, text=None, cwd=None):
    """Runs a program to its end; text is its standard input."""
    began = time.monotonic()
    done = subprocess.run([str(part) for part in command], input=text or "", capture_output=True, text=True,
                          timeout=timeout, env=env, cwd=cwd, check=False)
    return Finished(done.returncode, done.stdout, done.stderr, time.monotonic() - began)


def wait_until(holds, seconds=60, what="it", pause=0.2):
    """The first true answer of holds(); fails after that many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        answer = holds()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(pause)


def remove_stale():
    """Ends the clusters of runs that were killed."""
    for state in STATE.glob("suite-*-*"):
        if not pathlib.Path("/proc", state.name.split("-")[1]).exists():
            run(HERE / "down.sh", "--name", state.name)


class Cluster:
    """A cluster of up.sh. Its kubectl is the newest of tools.txt."""

    numbers = itertools.count(1)

    def __init__(self, nodes, *flags):
        self.name, self.nodes = f"suite-{os.getpid()}-{next(self.numbers)}", nodes
        self.directory = tools.get("helm4")
        atexit.register(self.down)  # first, for the case that the start is interrupted
        done = run(HERE / "up.sh", "--name", self.name, "--nodes", nodes, *flags, timeout=400)
        if done.code:
            atexit.unregister(self.down)  # up.sh has ended it and kept its logs
            raise AssertionError(f"up.sh --nodes {nodes} ended with {done.code}:\n{done.stderr}")
        self.kubeconfig = pathlib.Path(done.stdout.strip())
        self.state = self.kubeconfig.parent
        self.timing, self.seconds = done.stderr, done.seconds

    def down(self):
        """Ends the cluster; an error when something of it is left."""
        atexit.unregister(self.down)
        done = run(HERE / "down.sh", "--name", self.name)
        if done.code:
            raise AssertionError(done.stderr)

    def settings(self):
        """Slot, names and addresses, as env.sh has them: {"slot": "0", "node_ip": "10.213.0.2", ...}."""
        shell = 'name=$1; . "$0"; load_settings; set -o posix; set'
        lines = run("bash", "-c", shell, HERE / "env.sh", self.name).stdout.splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and line[0].islower())

    def user(self, name, *rules):
        """The kubeconfig of a user who may do what these ClusterRole rules say, and nothing else:
        user("reader", {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]})."""
        made = run(HERE / "pki.sh", self.name, "user", name)
        if made.code:
            raise AssertionError(made.stderr)
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": f"user-{name}"}
        about = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": f"user-{name}"}}
        self.apply({**about, "kind": "ClusterRole", "rules": list(rules)},
                   {**about, "kind": "ClusterRoleBinding", "roleRef": role, "subjects": [
                       {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name}]})
        return pathlib.Path(made.stdout.strip())

    def load_image(self, *words):
        """load-image.sh: puts an image archive on a real node; "--tag", IMAGE, NAME gives it a name."""
        done = run(HERE / "load-image.sh", "--name", self.name, *words)
        if done.code:
            raise AssertionError(done.stderr)

    def kubectl(self, *arguments, text=None, check=True, timeout=120):
        """What kubectl prints; without check, the whole Finished."""
        done = run(self.directory / "kubectl", "--kubeconfig", self.kubeconfig, *arguments, text=text,
                   timeout=timeout, env={"PATH": os.defpath, "HOME": str(self.state)})
        if not check:
            return done
        if done.code:
            raise AssertionError(f"kubectl {' '.join(map(str, arguments))}: {done.stderr}")
        return done.stdout

    def get(self, kind, name=None, namespace=None, selector=None):
        """One object, or None when there is none; without a name, the list of all of a kind (of all
        namespaces, when none is given)."""
        where = ["-n", namespace] if namespace else [] if name else ["-A"]
        chosen = [name] if name else ["-l", selector] if selector else []
        found = self.kubectl("get", kind, *chosen, *where, "-o", "json", "--ignore-not-found")
        if name:
            return json.loads(found) if found.strip() else None
        return json.loads(found)["items"] if found.strip() else []

    def apply(self, *objects):
        """Applies objects: dictionaries, or one text of YAML."""
        if len(objects) == 1 and isinstance(objects[0], str):
            return self.kubectl("apply", "-f", "-", text=objects[0])
        return self.kubectl("apply", "-f", "-", text=json.dumps(
            {"apiVersion": "v1", "kind": "List", "items": list(objects)}))

    def outcome(self, rules):
        """Says what the pods of fake nodes pretend, see fake_kubelet.py: {"istio-system.istiod": "crash"}."""
        self.apply({"apiVersion": "v1", "kind": "ConfigMap", "data": rules,
                    "metadata": {"name": "weft-test-outcomes", "namespace": "kube-system"}})

    def add_volumes(self, count=5):
        """Volumes that claims without a storage class can have."""
        self.apply(*({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"weft-test-{i}"},
                      "spec": {"capacity": {"storage": "100Gi"}, "accessModes": ["ReadWriteOnce"],
                               "hostPath": {"path": f"/tmp/weft-test-{i}"}}} for i in range(count)))


def each_tool(*names):
    """Class decorator: makes one class per tool of tools.txt (self.tool), all of them by default."""
    def multiply(cls):
        module = sys.modules[cls.__module__]
        for name in names or tools.table():
            title = f"{cls.__name__}_{name.replace('.', '_')}"
            setattr(module, title, type(title, (cls,), {"tool": name, "__module__": cls.__module__}))
        return None
    return multiply


class ClusterTest(unittest.TestCase):
    """A test with a cluster. The class says what it needs:"""

    nodes = "fake"  # none, fake or real; None: the tests start their own
    fresh = "class"  # or "test": each test gets a cluster of its own
    tool = "helm4"  # helm and kubectl that weft finds on PATH
    limit = 300  # seconds a test may take
    alone = False  # True: no other class runs meanwhile, for what is measured
    numbers = itertools.count(1)

    @classmethod
    def setUpClass(cls):
        cls.directory = tools.get(cls.tool)
        cls.cluster = None
        if cls.nodes and cls.fresh == "class":
            cls.cluster = Cluster(cls.nodes)
            cls.addClassCleanup(cls.cluster.down)

    def setUp(self):
        if self.nodes and self.fresh == "test":
            self.cluster = Cluster(self.nodes)
            self.addCleanup(self.cluster.down)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="weft-home-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)

    def environment(self, **extra):
        """A clean one: the cluster, the tool first on PATH, a home of the test's own."""
        kubeconfig = {"KUBECONFIG": str(self.cluster.kubeconfig)} if self.cluster else {}
        return {"PATH": f"{self.directory}:{os.defpath}", "HOME": str(self.home), "LANG": "C.UTF-8",
                "TMPDIR": tempfile.gettempdir(), **kubeconfig, **extra}

    def weft(self, *arguments, code=0, timeout=120, text=None, **extra):
        """Runs weft and expects an exit code (None: any); further names are environment variables."""
        done = run(WEFT, *arguments, timeout=timeout, text=text, env=self.environment(**extra), cwd=self.home)
        if code is not None and done.code != code:
            self.fail(f"weft {' '.join(map(str, arguments))} ended with {done.code}, not {code}, after "
                      f"{done.seconds:.1f} s\n--- stdout\n{done.stdout[-4000:]}\n--- stderr\n{done.stderr[-4000:]}")
        return done

    def weft_json(self, *arguments, **options):
        return json.loads(self.weft(*arguments, "-o", "json", **options).stdout)

    def helm(self, *arguments, check=True, timeout=120):
        done = run(self.directory / "helm", *arguments, timeout=timeout, env=self.environment())
        if check and done.code:
            self.fail(f"helm {' '.join(map(str, arguments))}: {done.stderr}")
        return done

    def kubectl(self, *arguments, **options):
        return self.cluster.kubectl(*arguments, **options)

    def get(self, *arguments, **options):
        return self.cluster.get(*arguments, **options)

    def apply(self, *objects):
        return self.cluster.apply(*objects)

    def wait_for_definitions(self):
        """Until every custom resource can be used. `kubectl wait crd --all` gives up on one that has no
        conditions yet."""
        def established():
            return all({"Established": "True"}.items() <= {
                c["type"]: c["status"] for c in crd.get("status", {}).get("conditions") or []}.items()
                for crd in self.get("customresourcedefinitions"))
        wait_until(established, 60, "every definition")

    def new_namespace(self, labels=None):
        """Makes a namespace that no other test has; returns its name."""
        name = f"{self._testMethodName.lower().replace('_', '-')[:40].strip('-')}-{next(self.numbers)}"
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels or {}}})
        return name

    def realdata(self, name):
        """Path of real data that is no part of the tree; a test that needs it is not run without."""
        path = REALDATA / name
        if not path.exists():
            self.skipTest(f"{path} is not there (WEFT_REALDATA)")
        return path
