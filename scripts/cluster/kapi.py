"""A very small Kubernetes client for the programs of the test cluster: standard library only, and the
administrator's certificate of a cluster's pki folder.

    api = Api("https://127.0.0.1:6443", f"{state}/pki")
    status, pods = api.call("GET", "/api/v1/pods")
"""
import http.client
import json
import ssl
import threading
import time
from urllib.parse import urlsplit


class Api:
    def __init__(self, server, pki):
        url = urlsplit(server)
        self.host, self.port = url.hostname, url.port
        self.tls = ssl.create_default_context(cafile=f"{pki}/ca.crt")
        self.tls.load_cert_chain(f"{pki}/admin.crt", f"{pki}/admin.key")
        self.local = threading.local()

    def _open(self, timeout=30):
        return http.client.HTTPSConnection(self.host, self.port, context=self.tls, timeout=timeout)

    def call(self, method, path, body=None, kind="application/json"):
        """(status, answer) of one request, over this thread's connection."""
        for last in (False, True):
            conn = getattr(self.local, "conn", None) or self._open()
            self.local.conn = conn
            try:
                conn.request(method, path, json.dumps(body) if body is not None else None,
                             {"Content-Type": kind, "Accept": "application/json"})
                reply = conn.getresponse()
                return reply.status, json.loads(reply.read() or b"{}")
            except (http.client.HTTPException, OSError):
                self.local.conn = None  # the server closed it meanwhile: once more over a new one
                if last:
                    raise
        raise AssertionError("not reached")

    def merge(self, path, body):
        return self.call("PATCH", path, body, "application/merge-patch+json")

    def watch(self, path, ended=lambda: False):
        """Yields (type, object) until a break after the end: first 'LIST' with all items, again after every break."""
        sep = "&" if "?" in path else "?"
        while not ended():
            try:
                status, items = self.call("GET", path)
                if status != 200:
                    raise OSError(f"{path}: status {status}")
                yield "LIST", items.get("items") or []
                version = items["metadata"]["resourceVersion"]
                conn = self._open(timeout=400)
                conn.request("GET", f"{path}{sep}watch=1&timeoutSeconds=300&resourceVersion={version}")
                for line in conn.getresponse():
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        break
                    yield event["type"], event["object"]
            except (http.client.HTTPException, OSError, ValueError) as error:
                if ended():
                    return
                print(f"watch of {path} begins again: {error}", flush=True)
                time.sleep(1)
