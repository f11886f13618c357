"""The reference mesh of lib/conform in a cluster: an injected nginx beside every pod, and a controller that
tells each what to do, from the objects of the SMI and the Gateway API that the API server has. It gives every
proxy a certificate, and routes their status.

    with reference_mesh.ReferenceMesh(cluster) as mesh:
        weft("conformance", "run", *mesh.flags, "--image", image)

Proxies ask the controller for their configuration and wait until it changes: nothing is polled.
"""
import copy
import http.server
import json
import pathlib
import subprocess
import tempfile
import threading
import time
import urllib.parse

import harness
import injector
import kapi

GROUPS = {"access.smi-spec.io": {"traffictargets": ("TrafficTarget", 3)},
          "specs.smi-spec.io": {"httproutegroups": ("HTTPRouteGroup", 4), "tcproutes": ("TCPRoute", 4)},
          "split.smi-spec.io": {"trafficsplits": ("TrafficSplit", 4)}}
GATEWAY = "gateway.networking.k8s.io"
ROUTES = {"httproutes": ("HTTPRoute", "v1"), "grpcroutes": ("GRPCRoute", "v1"),
          "referencegrants": ("ReferenceGrant", "v1beta1")}
ISTIO = "security.istio.io"
POLICIES = {"peerauthentications": "PeerAuthentication", "authorizationpolicies": "AuthorizationPolicy"}
INJECT, DENY, MTLS = (f"reference.weft.dev/{word}" for word in ("inject", "deny", "mtls"))
PROXY = """
gateway=$(ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p')  # of the kubelet, whose probes pass
for dns in $(sed -n 's/^nameserver //p' /etc/resolv.conf); do ip route replace "$dns" via "$gateway"; done
ip route replace local "$SERVICES" dev lo  # what is sent to services, the proxy takes
for port in tcp/9091 tcp/7070 tcp/9093 tcp/9095 udp/9094; do  # the application's, at every address
  number=${port#*/}
  iptables -t nat -A PREROUTING -p ${port%/*} ! -s "$gateway" --dport $number -j REDIRECT --to-port $((number + 20000))
  iptables -t nat -A OUTPUT -p ${port%/*} -d "$SERVICES" --dport $number -j DNAT --to-destination :$((number + 10000))
done
for file in root.pem "$POD.pem" "$POD.key"; do
  until curl -sf -m 10 -o "/run/$file" "$CONTROLLER/certificates/$NAMESPACE/$POD/$file"; do sleep 0.2; done
done
trap 'kill $(cat /run/proxy.pid) $!; exit 0' TERM INT
version=0
while :; do
  curl -sf -m 40 -D /run/head -o /run/new "$CONTROLLER/$NAMESPACE/$POD?after=$version" & wait $!
  [ $? = 0 ] && [ -s /run/new ] || { sleep 0.2 & wait $!; continue; }
  version=$(sed -n 's/^Version: \\([0-9]*\\).*/\\1/p' /run/head)
  mv /run/new /run/proxy.conf
  if [ -s /run/proxy.pid ]; then kill -HUP "$(cat /run/proxy.pid)"
  else
    nginx -c /run/proxy.conf -e /run/proxy.log &
    until [ -s /run/proxy.pid ]; do sleep 0.1; done  # or the next configuration would start another
  fi
done
"""


def definitions():
    """CRDs of the SMI, served in every version up to the newest of each group, and of policies of Istio."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    for group, kinds in GROUPS.items():
        for plural, (kind, last) in kinds.items():
            versions = [{"name": f"v1alpha{n}", "served": True, "storage": n == 1, "schema": schema}
                        for n in range(1, last + 1)]
            yield definition(group, plural, kind, versions)
    for plural, kind in POLICIES.items():
        yield definition(ISTIO, plural, kind, [{"name": "v1", "served": True, "storage": True, "schema": schema}])


def definition(group, plural, kind, versions):
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}"}, "spec": {
                "group": group, "scope": "Namespaced", "versions": versions,
                "names": {"kind": kind, "plural": plural, "singular": kind.lower()}}}


class Authority:
    """Certificates of workloads, as lib/conform/identity.h has them."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.lock = threading.Lock()
        self.known = set()
        self.path("config").write_text("[req]\ndistinguished_name = dn\n[dn]\n")  # no extensions of its own
        self.sign("root", "-subj", "/CN=weft reference", "-addext", "basicConstraints=critical,CA:TRUE")

    def path(self, name):
        return pathlib.Path(self.folder.name, name)

    def sign(self, name, *more):
        subprocess.run(["openssl", "req", "-config", self.path("config"), "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-keyout", self.path(f"{name}.key"), "-out",
                        self.path(f"{name}.pem"), *more], check=True, capture_output=True)

    def file(self, namespace, account, name):
        """What a proxy reads from a file of that name."""
        with self.lock:
            workload = f"{namespace}.{account}"
            if workload not in self.known:
                self.known.add(workload)
                self.sign(workload, "-subj", f"/CN={account}", "-CA", self.path("root.pem"), "-CAkey",
                          self.path("root.key"), "-addext", "basicConstraints=CA:FALSE", "-addext",
                          f"subjectAltName=URI:spiffe://cluster.local/ns/{namespace}/sa/{account},"
                          f"DNS:{account}.weft,DNS:workload.weft")
            found = "root.pem" if name == "root.pem" else workload + pathlib.Path(name).suffix
            return self.path(found).read_bytes()


def conditions_of(status):
    return [condition for parent in status["parents"] for condition in parent["conditions"]]


def with_times(status):
    timed = copy.deepcopy(status)
    for condition in conditions_of(timed):
        condition["lastTransitionTime"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return timed


def without_times(status):
    plain = copy.deepcopy(status)
    for condition in conditions_of(plain or {"parents": []}):
        condition.pop("lastTransitionTime", None)
    return plain


class Controller:
    """Keeps the configuration of every proxy, by "namespace/pod", with a number that grows with each change."""

    def __init__(self, cluster, broken):
        settings = cluster.settings()
        self.broken = broken
        self.authority = Authority()
        self.api = kapi.Api(f"https://{settings['node_ip']}:{settings['port']}", cluster.state / "pki")
        self.objects, self.configs, self.failure = {}, {}, None
        self.changed, self.ended = threading.Condition(), False
        self.dirty = threading.Event()
        paths = ["/api/v1/namespaces", "/api/v1/pods", "/api/v1/services"]
        served = {item["metadata"]["name"] for item in self.api.call(
            "GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions")[1]["items"]}
        paths += [f"/apis/{group}/v1alpha1/{plural}" for group, kinds in GROUPS.items() for plural in kinds
                  if f"{plural}.{group}" in served]
        paths += [f"/apis/{GATEWAY}/{version}/{plural}" for plural, (_, version) in ROUTES.items()
                  if f"{plural}.{GATEWAY}" in served]
        paths += [f"/apis/{ISTIO}/v1/{plural}" for plural in POLICIES if f"{plural}.{ISTIO}" in served]
        for path in paths:
            threading.Thread(target=self.watch, args=(path,), daemon=True).start()
        threading.Thread(target=self.render, daemon=True).start()

    def watch(self, path):
        for kind, content in self.api.watch(path, lambda: self.ended):
            if kind == "BOOKMARK":
                continue
            known = self.objects.setdefault(path, {})
            if kind == "LIST":
                fresh = {item["metadata"]["uid"]: item for item in content}
                self.objects[path] = fresh
            elif kind == "DELETED":
                known.pop(content["metadata"]["uid"], None)
            else:
                known[content["metadata"]["uid"]] = content
            self.dirty.set()

    def list(self):
        """What the API server has, with the kinds that lists leave out."""
        plain = {"namespaces": "Namespace", "pods": "Pod", "services": "Service"}
        kinds = {plural: (group, kind) for group, found in GROUPS.items() for plural, (kind, _) in found.items()}
        for path, found in list(self.objects.items()):
            plural = path.rpartition("/")[2]
            group, kind = kinds.get(plural, ("", plain.get(plural)))
            version = f"{group}/v1alpha1" if group else "v1"
            if plural in ROUTES:
                kind, version = ROUTES[plural][0], f"{GATEWAY}/{ROUTES[plural][1]}"
            if plural in POLICIES:
                kind, version = POLICIES[plural], f"{ISTIO}/v1"
            for item in list(found.values()):
                yield {**item, "apiVersion": version, "kind": kind}

    def render(self):
        command = [harness.WEFT, "conformance", "reference", "-", *(f"--break={name}" for name in self.broken)]
        while not self.ended:
            self.dirty.wait()
            self.dirty.clear()
            text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(self.list())})
            done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
            if done.returncode:
                self.failure = done.stderr
                continue
            told = json.loads(done.stdout)
            self.tell(told["routes"])
            with self.changed:
                for pod, text in told["proxies"].items():
                    number, known = self.configs.get(pod, (0, None))
                    if text != known:
                        self.configs[pod] = number + 1, text
                self.changed.notify_all()

    def tell(self, routes):
        """Gives routes the status that they do not have yet."""
        plurals = {kind: plural for plural, (kind, _) in ROUTES.items()}
        for route, status in routes.items():
            kind, namespace, name = route.split("/")
            path = f"/apis/{GATEWAY}/v1/{plurals[kind]}"
            seen = [item.get("status") for item in list(self.objects.get(path, {}).values())
                    if (item["metadata"]["namespace"], item["metadata"]["name"]) == (namespace, name)]
            if seen and without_times(seen[0]) != status:
                self.api.merge(f"/apis/{GATEWAY}/v1/namespaces/{namespace}/{plurals[kind]}/{name}/status",
                               {"status": with_times(status)})

    def file(self, namespace, pod, name):
        """A certificate or key for the proxy of a pod; None while nobody knows of the pod."""
        for found in list(self.objects.get("/api/v1/pods", {}).values()):
            if (found["metadata"]["namespace"], found["metadata"]["name"]) == (namespace, pod):
                return self.authority.file(namespace, found["spec"]["serviceAccountName"], name)
        return None

    def get(self, pod, after, seconds=25):
        """(number, text) that is newer than that, or None."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while self.configs.get(pod, (0, None))[0] <= after:
                left = deadline - time.monotonic()
                if left <= 0 or self.ended:
                    return None
                self.changed.wait(left)
            return self.configs[pod]

    def end(self):
        self.ended = True
        self.authority.folder.cleanup()
        self.dirty.set()
        with self.changed:
            self.changed.notify_all()


class ReferenceMesh:
    """Follows its own labels, or, as Istio, those and the policies by which the catalogue describes Istio."""

    def __init__(self, cluster, broken=(), as_istio=False):
        join, out = ("istio-injection", "sidecar.istio.io/inject") if as_istio else (INJECT, INJECT)
        self.flags = ["--mesh", "istio"] if as_istio else [
            "--mesh", "reference", "--namespace-label", f"{join}=enabled", "--outside", f"{out}=false", "--deny",
            f"{DENY}=yes", "--mtls-strict", f"{MTLS}=strict", "--mtls-permissive", f"{MTLS}=permissive"]
        settings = cluster.settings()
        self.controller = controller = Controller(cluster, broken)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                if url.path.startswith("/certificates/"):
                    return self.answer(controller.file(*url.path.split("/")[2:5]), missing=404)
                found = controller.get(url.path[1:], int(urllib.parse.parse_qs(url.query)["after"][0]))
                return self.answer(found and found[1].encode(), found[0] if found else 0)

            def answer(self, body, version=0, missing=204):
                self.send_response(missing if body is None else 200)
                self.send_header("Version", str(version))
                if body is not None:
                    self.send_header("Content-Length", str(len(body)))
                try:
                    self.end_headers()
                    self.wfile.write(body or b"")
                except OSError:
                    pass  # the proxy has ended meanwhile

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((settings["host_ip"], 0), Handler)
        self.server.daemon_threads = True
        here = {"fieldRef": {"fieldPath": "metadata.name"}}
        where = {"fieldRef": {"fieldPath": "metadata.namespace"}}
        self.injector = injector.Injector(cluster, {
            "name": "reference-proxy", "image": "weft.local/tools:1", "command": ["sh", "-c", PROXY],
            "env": [{"name": "POD", "valueFrom": here}, {"name": "NAMESPACE", "valueFrom": where},
                    {"name": "SERVICES", "value": settings["service_net"]},
                    {"name": "CONTROLLER", "value": f"http://{settings['host_ip']}:{self.server.server_port}"}],
            "securityContext": {"runAsUser": 0, "capabilities": {"add": ["NET_ADMIN"]}},
            "startupProbe": {"httpGet": {"path": "/", "port": 15021}, "periodSeconds": 1, "failureThreshold": 60}},
            first=True,
            namespaces={join: "enabled"}, opt_out=out, name="reference-mesh")

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.injector.__enter__()
        return self

    def __exit__(self, *raised):
        self.injector.__exit__(*raised)
        self.controller.end()
        self.server.shutdown()
        self.server.server_close()
