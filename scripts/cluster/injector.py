"""A sidecar injector: what every sidecar mesh has, as small as it can be. Serves an admission webhook over
HTTPS at the machine's end of a cluster's link, which that cluster's API server can reach.

    with Injector(cluster, {"name": "istio-proxy", "image": "weft.local/web:1"},
                  namespaces={"istio-injection": "enabled"}):
        ...    # new pods in namespaces with that label get the container
"""
import base64
import http.server
import json
import ssl
import subprocess
import threading


def annotate(pod, annotations):
    """JSON patch operations that add annotations to a pod."""
    if not pod["metadata"].get("annotations"):
        yield {"op": "add", "path": "/metadata/annotations", "value": {}}
    for key, value in annotations.items():
        yield {"op": "add", "path": "/metadata/annotations/" + key.replace("~", "~0").replace("/", "~1"), "value": value}


class Injector:
    def __init__(self, cluster, container, namespaces, annotations=None, opt_out="sidecar.istio.io/inject",
                 name="test-sidecar-injector", first=False):
        """`first`: a sidecar that has started before other containers do."""
        self.cluster, self.container, self.namespaces = cluster, container, namespaces
        self.annotations, self.opt_out, self.name, self.first = annotations or {}, opt_out, name, first
        self.injected = 0
        self.host = cluster.settings()["host_ip"]
        injector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                body = json.dumps(injector.answer(review)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((self.host, 0), Handler)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*self.certificate())
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)

    def certificate(self):
        key, certificate = (self.cluster.state / f"injector.{kind}" for kind in ("key", "crt"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-days", "1", "-subj", "/CN=injector", "-addext", f"subjectAltName=IP:{self.host}",
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)
        return certificate, key

    def put(self, pod):
        if not self.first:
            yield {"op": "add", "path": "/spec/containers/-", "value": self.container}
            return
        if not pod["spec"].get("initContainers"):
            yield {"op": "add", "path": "/spec/initContainers", "value": []}
        yield {"op": "add", "path": "/spec/initContainers/0", "value": {**self.container, "restartPolicy": "Always"}}

    def answer(self, review):
        request = review["request"]
        pod = request["object"]
        response = {"uid": request["uid"], "allowed": True}
        if (pod["metadata"].get("labels") or {}).get(self.opt_out) != "false":
            patch = [*self.put(pod), *annotate(pod, self.annotations)]
            response |= {"patchType": "JSONPatch", "patch": base64.b64encode(json.dumps(patch).encode()).decode()}
            self.injected += 1
        return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        authority = base64.b64encode((self.cluster.state / "injector.crt").read_bytes()).decode()
        url = f"https://{self.host}:{self.server.server_port}/inject"
        self.cluster.apply({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": self.name}, "webhooks": [{
                "name": f"{self.name}.weft.test", "failurePolicy": "Fail", "sideEffects": "None",
                "admissionReviewVersions": ["v1"], "clientConfig": {"url": url, "caBundle": authority},
                "namespaceSelector": {"matchLabels": self.namespaces},
                "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                           "resources": ["pods"]}]}]})
        return self

    def __exit__(self, *_):
        self.cluster.kubectl("delete", "mutatingwebhookconfiguration", self.name, "--ignore-not-found")
        self.server.shutdown()
        self.server.server_close()
