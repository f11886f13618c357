"""The reference mesh of lib/conform in a cluster: an injected nginx beside every pod, and a controller that
tells each what to do, from the SMI objects that the API server has.

    with reference_mesh.ReferenceMesh(cluster) as mesh:
        weft("conformance", "run", *mesh.flags, "--image", image)

Proxies ask the controller for their configuration and wait until it changes: nothing is polled.
"""
import http.server
import json
import subprocess
import threading
import time
import urllib.parse

import harness
import injector
import kapi

GROUPS = {"access.smi-spec.io": {"traffictargets": ("TrafficTarget", 3)},
          "specs.smi-spec.io": {"httproutegroups": ("HTTPRouteGroup", 4), "tcproutes": ("TCPRoute", 4)},
          "split.smi-spec.io": {"trafficsplits": ("TrafficSplit", 4)}}
INJECT, DENY = "reference.weft.dev/inject", "reference.weft.dev/deny"
PROXY = """
gateway=$(ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p')  # of the kubelet, whose probes pass
iptables -t nat -A PREROUTING -p tcp ! -s "$gateway" --dport 9091 -j REDIRECT --to-port 15006
iptables -t nat -A OUTPUT -p tcp -d "$SERVICES" --dport 9091 -j REDIRECT --to-port 15001
trap 'kill $(cat /run/proxy.pid) $!; exit 0' TERM INT
version=0
while :; do
  curl -sf -m 40 -D /run/head -o /run/new "$CONTROLLER/$NAMESPACE/$POD?after=$version" & wait $!
  [ $? = 0 ] && [ -s /run/new ] || { sleep 0.2 & wait $!; continue; }
  version=$(sed -n 's/^Version: \\([0-9]*\\).*/\\1/p' /run/head)
  mv /run/new /run/proxy.conf
  if [ -s /run/proxy.pid ]; then kill -HUP "$(cat /run/proxy.pid)"
  else nginx -c /run/proxy.conf -e /run/proxy.log & fi
done
"""


def definitions(**newest):
    """The CRDs of the SMI, served in every version up to the newest of each group: access=3, specs=4, split=2;
    a group with 0 is left out."""
    for group, kinds in GROUPS.items():
        for plural, (kind, last) in kinds.items():
            versions = [{"name": f"v1alpha{n}", "served": True, "storage": n == 1, "schema": {
                "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}
                for n in range(1, newest.get(group.partition(".")[0], last) + 1)]
            if versions:
                yield {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                       "metadata": {"name": f"{plural}.{group}"}, "spec": {
                           "group": group, "scope": "Namespaced", "versions": versions,
                           "names": {"kind": kind, "plural": plural, "singular": kind.lower()}}}


class Controller:
    """Keeps the configuration of every proxy, by "namespace/pod", with a number that grows with each change."""

    def __init__(self, cluster, broken):
        settings = cluster.settings()
        self.broken = broken
        self.api = kapi.Api(f"https://{settings['node_ip']}:{settings['port']}", cluster.state / "pki")
        self.objects, self.configs, self.failure = {}, {}, None
        self.changed, self.ended = threading.Condition(), False
        self.dirty = threading.Event()
        paths = ["/api/v1/namespaces", "/api/v1/pods", "/api/v1/services"]
        paths += [f"/apis/{group}/v1alpha1/{plural}" for group, kinds in GROUPS.items() for plural in kinds]
        for path in paths:
            threading.Thread(target=self.watch, args=(path,), daemon=True).start()
        threading.Thread(target=self.render, daemon=True).start()

    def watch(self, path):
        for kind, content in self.api.watch(path):
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
            with self.changed:
                for pod, text in json.loads(done.stdout).items():
                    number, known = self.configs.get(pod, (0, None))
                    if text != known:
                        self.configs[pod] = number + 1, text
                self.changed.notify_all()

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
        self.dirty.set()
        with self.changed:
            self.changed.notify_all()


class ReferenceMesh:
    flags = ["--mesh", "reference", "--namespace-label", f"{INJECT}=enabled", "--outside", f"{INJECT}=false",
             "--deny", f"{DENY}=yes"]

    def __init__(self, cluster, broken=()):
        settings = cluster.settings()
        self.controller = controller = Controller(cluster, broken)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                found = controller.get(url.path[1:], int(urllib.parse.parse_qs(url.query)["after"][0]))
                self.send_response(200 if found else 204)
                body = found[1].encode() if found else b""
                self.send_header("Version", str(found[0] if found else 0))
                if found:
                    self.send_header("Content-Length", str(len(body)))
                try:
                    self.end_headers()
                    self.wfile.write(body)
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
            "readinessProbe": {"httpGet": {"path": "/", "port": 15021}, "periodSeconds": 1}},
            namespaces={INJECT: "enabled"}, opt_out=INJECT, name="reference-mesh")

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.injector.__enter__()
        return self

    def __exit__(self, *raised):
        self.injector.__exit__(*raised)
        self.controller.end()
        self.server.shutdown()
        self.server.server_close()
