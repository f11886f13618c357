#!/usr/bin/env python3
"""The cluster's DNS: answers A queries for services and the endpoints of headless ones, from watches of
the API. CoreDNS is no Debian package, and this is all of it that pods of tests ask for."""
import argparse
import socket
import struct
import threading

import kapi

DOMAIN = ["svc", "cluster", "local"]
ADDRESS, ANY, NO_SUCH_NAME = 1, 255, 3


class Names:
    def __init__(self, api):
        self.services, self.slices = {}, {}
        for path, table in (("/api/v1/services", self.services),
                            ("/apis/discovery.k8s.io/v1/endpointslices", self.slices)):
            threading.Thread(target=self.follow, args=(api, path, table), daemon=True).start()

    @staticmethod
    def follow(api, path, table):
        def key(item):
            return item["metadata"]["namespace"], item["metadata"]["name"]
        for kind, body in api.watch(path):
            if kind == "LIST":
                table.clear()
                table.update({key(item): item for item in body})
            elif kind == "DELETED":
                table.pop(key(body), None)
            elif kind in ("ADDED", "MODIFIED"):
                table[key(body)] = body

    def find(self, name):
        """The addresses of a name, or None where there is no such name."""
        labels = name.lower().rstrip(".").split(".")
        if labels[-3:] != DOMAIN or len(labels) not in (5, 6):
            return None
        host, (service, namespace) = labels[0] if len(labels) == 6 else None, labels[-5:-3]
        found = self.services.get((namespace, service))
        if not found:
            return None
        address = found["spec"].get("clusterIP", "None")
        if address != "None" and not host:
            return [address]
        endpoints = [e for (where, _), s in list(self.slices.items())
                     if where == namespace and s["metadata"].get("labels", {}).get(
                         "kubernetes.io/service-name") == service
                     for e in s.get("endpoints") or []]
        found = [a for e in endpoints if e.get("conditions", {}).get("ready") is not False
                 and (not host or e.get("hostname") == host) for a in e["addresses"]]
        return found or (None if host else [])


def answer(names, query):
    identity, at, labels = query[:2], 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
        at += query[at] + 1
    kind = struct.unpack(">H", query[at + 1:at + 3])[0]
    addresses = names.find(".".join(labels))
    records = [b"\xc0\x0c" + struct.pack(">HHIH", ADDRESS, 1, 5, 4) + socket.inet_aton(a)
               for a in addresses or [] if kind in (ADDRESS, ANY)][:20]
    flags = 0x8580 | (NO_SUCH_NAME if addresses is None else 0)
    return (identity + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + query[12:at + 5]
            + b"".join(records))


def serve_tcp(names, listen, port):
    with socket.create_server((listen, port)) as server:
        while True:
            client, _ = server.accept()
            with client:
                client.settimeout(2)
                try:
                    size = struct.unpack(">H", client.recv(2))[0]
                    reply = answer(names, client.recv(size))
                    client.sendall(struct.pack(">H", len(reply)) + reply)
                except (OSError, struct.error, IndexError) as error:
                    print("bad query:", error, flush=True)


def serve_udp(names, listen, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((listen, port))
        while True:
            query, peer = server.recvfrom(4096)
            try:
                server.sendto(answer(names, query), peer)
            except (OSError, struct.error, IndexError) as error:
                print("bad query:", error, flush=True)


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--server", required=True)
    flags.add_argument("--pki", required=True)
    flags.add_argument("--listen", required=True)
    flags.add_argument("--port", type=int, required=True)
    args = flags.parse_args()
    names = Names(kapi.Api(args.server, args.pki))
    threading.Thread(target=serve_tcp, args=(names, args.listen, args.port), daemon=True).start()
    serve_udp(names, args.listen, args.port)


if __name__ == "__main__":
    main()
