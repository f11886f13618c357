#!/usr/bin/env python3
"""Simulated nodes: keeps Node objects Ready and lets the pods that the scheduler binds to them seem
to run. Everything else (scheduling, controllers, webhooks, volume claims, quotas) is the real thing.

What a pod pretends is the first of:
  annotation of the pod    weft.test/outcome: crash
  rule of a ConfigMap      kube-system/weft-test-outcomes, data: {NAMESPACE.POD-NAME-PREFIX: crash}
  owner                    pods of a Job succeed
  else                     ready
Words after an outcome are seconds to wait first ("ready 20"). When a rule changes, the pods that it
is about change too, so a workload can break and heal.
"""
import argparse
import concurrent.futures
import datetime
import heapq
import itertools
import threading
import time

import kapi

OUTCOMES = {
    "ready": "runs and is ready",
    "never-ready": "runs, its readiness probe fails",
    "crash": "its containers end with code 1, again and again",
    "oom": "its containers are killed for memory, again and again",
    "init-crash": "its first init container (or else container) ends with code 1, again and again",
    "image-pull": "its images cannot be pulled",
    "config-error": "a Secret that its containers need is missing",
    "stuck": "its containers are never created, a volume cannot be mounted",
    "succeed": "ends with code 0",
    "fail": "ends with code 1",
}
RULES = "/api/v1/namespaces/kube-system/configmaps?fieldSelector=metadata.name=weft-test-outcomes"


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def stamp(moment=None):
    return (moment or now()).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- container states, as a kubelet reports them

def waiting(reason, message=""):
    return {"waiting": {"reason": reason, "message": message} if message else {"reason": reason}}


def running():
    return {"running": {"startedAt": stamp()}}


def ended(code, reason):
    return {"terminated": {"exitCode": code, "reason": reason, "startedAt": stamp(), "finishedAt": stamp()}}


def container(spec, state, ready=False, restarts=0, last=None):
    status = {"name": spec["name"], "image": spec["image"], "imageID": "", "restartCount": restarts,
              "ready": ready, "started": "running" in state, "state": state}
    return {**status, "lastState": last} if last else status


class Pod:
    """One pod as its node plays it."""

    def __init__(self, api, body, address, delay):
        self.api, self.address, self.delay = api, address, delay
        self.meta, self.spec = body["metadata"], body["spec"]
        self.path = f"/api/v1/namespaces/{self.meta['namespace']}/pods/{self.meta['name']}"
        self.started = body["status"].get("startTime") or stamp()
        self.created = bool(body["status"].get("containerStatuses"))  # its node was here before
        self.outcome = None
        self.turn = 0  # a play of an older turn stops

    def play(self, outcome):
        """Goes through the states of an outcome; yields the seconds to wait before the next one."""
        kind, *seconds = outcome.split()
        if not self.created:
            self.show("Pending", [container(c, waiting("ContainerCreating")) for c in self.spec["containers"]],
                      initialized=not self.spec.get("initContainers"))
            self.created = True
        yield float(seconds[0]) if seconds else self.delay
        yield from getattr(self, kind.replace("-", "_"))()

    def ready(self):
        self.show("Running", [container(c, running(), True) for c in self.spec["containers"]], ready=True)
        yield from ()

    def never_ready(self):
        self.show("Running", [container(c, running()) for c in self.spec["containers"]])
        while True:
            self.event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")
            yield 30

    def crash(self, code=1, reason="Error"):
        for restarts in itertools.count():
            last = ended(code, reason)
            state = last if restarts == 0 else waiting(
                "CrashLoopBackOff", f"back-off {min(300, 10 * restarts)}s restarting failed container")
            self.show("Running", [container(c, state, False, restarts, last) for c in self.spec["containers"]])
            if restarts:
                self.event("BackOff", f"Back-off restarting failed container {self.spec['containers'][0]['name']} "
                           f"in pod {self.meta['name']}_{self.meta['namespace']}")
            yield min(60, 1 + 10 * restarts)

    def oom(self):
        return self.crash(137, "OOMKilled")

    def init_crash(self):
        if not self.spec.get("initContainers"):
            yield from self.crash()
        for restarts in itertools.count(1):
            state = waiting("CrashLoopBackOff", f"back-off {min(300, 10 * restarts)}s restarting failed container")
            self.show("Pending", [container(c, waiting("PodInitializing")) for c in self.spec["containers"]],
                      initialized=False, first_init=lambda c, s=state, n=restarts: container(
                          c, s, False, n, ended(1, "Error")))
            self.event("BackOff", "Back-off restarting failed container "
                       f"{self.spec['initContainers'][0]['name']} in pod {self.meta['name']}_{self.meta['namespace']}")
            yield min(60, 10 * restarts)

    def image_pull(self):
        images = sorted({c["image"] for c in self.spec["containers"]})
        for image in images:
            self.event("Failed", f'Failed to pull image "{image}": rpc error: code = NotFound desc = {image}: not found')
        self.show("Pending", [container(c, waiting("ErrImagePull", f"{c['image']}: not found"))
                              for c in self.spec["containers"]])
        yield 1
        self.show("Pending", [container(c, waiting("ImagePullBackOff", f'Back-off pulling image "{c["image"]}"'))
                              for c in self.spec["containers"]])
        for image in images:
            self.event("BackOff", f'Back-off pulling image "{image}"')

    def config_error(self):
        message = 'secret "weft-test-missing" not found'
        self.show("Pending", [container(c, waiting("CreateContainerConfigError", message))
                              for c in self.spec["containers"]])
        self.event("Failed", "Error: " + message)
        yield from ()

    def stuck(self):
        volume = next((v["name"] for v in self.spec.get("volumes") or []), "data")
        self.event("FailedMount", f'MountVolume.SetUp failed for volume "{volume}" : '
                   'configmap "weft-test-missing" not found')
        yield from ()

    def succeed(self, code=0, reason="Completed", phase="Succeeded"):
        self.show("Running", [container(c, running(), True) for c in self.spec["containers"]], ready=True)
        yield self.delay
        self.show(phase, [container(c, ended(code, reason)) for c in self.spec["containers"]])

    def fail(self):
        return self.succeed(1, "Error", "Failed")

    def show(self, phase, containers, ready=False, initialized=True, first_init=None):
        def condition(kind, holds):
            return {"type": kind, "status": "True" if holds else "False", "lastTransitionTime": stamp()}
        inits = [self.init(c, initialized) for c in self.spec.get("initContainers") or []]
        if inits and first_init:
            inits[0] = first_init(self.spec["initContainers"][0])
        self.api.merge(self.path + "/status", {"status": {
            "phase": phase, "startTime": self.started, "hostIP": "198.18.0.1", "hostIPs": [{"ip": "198.18.0.1"}],
            "podIP": self.address, "podIPs": [{"ip": self.address}],
            "conditions": [condition("PodScheduled", True), condition("Initialized", initialized),
                           condition("ContainersReady", ready), condition("Ready", ready)],
            "initContainerStatuses": inits, "containerStatuses": containers}})

    @staticmethod
    def init(spec, initialized):
        if not initialized:
            return container(spec, waiting("PodInitializing"))
        if spec.get("restartPolicy") == "Always":  # a sidecar
            return container(spec, running(), True)
        return container(spec, ended(0, "Completed"), True)

    def event(self, reason, message):
        self.api.call("POST", f"/api/v1/namespaces/{self.meta['namespace']}/events", {
            "metadata": {"generateName": self.meta["name"] + "."}, "type": "Warning", "reason": reason,
            "message": message, "count": 1, "firstTimestamp": stamp(), "lastTimestamp": stamp(),
            "source": {"component": "kubelet", "host": self.spec["nodeName"]},
            "involvedObject": {"apiVersion": "v1", "kind": "Pod", "name": self.meta["name"],
                               "namespace": self.meta["namespace"], "uid": self.meta["uid"]}})


class Stage:
    """Runs the plays of all pods, each step at its time, a few at once."""

    def __init__(self):
        self.pool = concurrent.futures.ThreadPoolExecutor(4)
        self.due, self.order, self.changed = [], itertools.count(), threading.Condition()
        threading.Thread(target=self.run, daemon=True).start()

    def begin(self, pod, outcome):
        pod.outcome, pod.turn = outcome, pod.turn + 1
        self.after(0, pod, pod.turn, pod.play(outcome))

    def after(self, seconds, pod, turn, play):
        with self.changed:
            heapq.heappush(self.due, (time.monotonic() + seconds, next(self.order), pod, turn, play))
            self.changed.notify()

    def run(self):
        while True:
            with self.changed:
                while not self.due or self.due[0][0] > time.monotonic():
                    self.changed.wait(self.due[0][0] - time.monotonic() if self.due else None)
                _, _, pod, turn, play = heapq.heappop(self.due)
            self.pool.submit(self.step, pod, turn, play)

    def step(self, pod, turn, play):
        try:
            wait = next(play, None) if pod.turn == turn else None
            if wait is not None:
                self.after(wait, pod, turn, play)
        except OSError as error:
            print(f"{pod.path}: {error}", flush=True)
            self.after(1, pod, turn, pod.play(pod.outcome))


class Kubelet:
    def __init__(self, api, nodes, delay):
        self.api, self.nodes, self.delay = api, nodes, delay
        self.stage, self.pods, self.rules = Stage(), {}, {}
        self.lock, self.addresses = threading.Lock(), itertools.count(256)

    def outcome(self, pod):
        wanted = (pod.meta.get("annotations") or {}).get("weft.test/outcome")
        if not wanted:
            full = f"{pod.meta['namespace']}.{pod.meta['name']}"
            wanted = next((v for k, v in self.rules.items() if full.startswith(k)), None)
        if not wanted:
            owners = pod.meta.get("ownerReferences") or [{}]
            wanted = "succeed" if owners[0].get("kind") == "Job" else "ready"
        if wanted.split()[0] not in OUTCOMES:
            print(f"{pod.path}: no outcome \"{wanted}\" (there are {', '.join(OUTCOMES)})", flush=True)
            wanted = "ready"
        return wanted

    def see(self, body):
        uid = body["metadata"]["uid"]
        if body["metadata"].get("deletionTimestamp"):
            self.forget(uid)
            self.stage.pool.submit(self.api.call, "DELETE", f"/api/v1/namespaces/{body['metadata']['namespace']}"
                                   f"/pods/{body['metadata']['name']}", {"gracePeriodSeconds": 0})
        elif uid not in self.pods and body["spec"].get("nodeName") in self.nodes:
            number = next(self.addresses)
            address = f"198.{18 + number // 65536 % 2}.{number // 256 % 256}.{number % 256}"
            pod = self.pods[uid] = Pod(self.api, body, address, self.delay)
            self.stage.begin(pod, self.outcome(pod))

    def forget(self, uid):
        pod = self.pods.pop(uid, None)
        if pod:
            pod.turn += 1

    def follow_pods(self):
        for kind, body in self.api.watch("/api/v1/pods"):
            with self.lock:
                if kind == "DELETED":
                    self.forget(body["metadata"]["uid"])
                elif kind in ("LIST", "ADDED", "MODIFIED"):
                    for pod in body if kind == "LIST" else [body]:
                        self.see(pod)

    def follow_rules(self):
        for kind, body in self.api.watch(RULES):
            found = body if kind == "LIST" else [body] if kind != "DELETED" else []
            with self.lock:
                self.rules = {k: v for item in found for k, v in (item.get("data") or {}).items()}
                for pod in self.pods.values():
                    if self.outcome(pod) != pod.outcome:
                        self.stage.begin(pod, self.outcome(pod))

    def keep_nodes(self):
        for number, name in enumerate(self.nodes):
            self.api.call("POST", "/api/v1/nodes", {"metadata": {"name": name, "labels": {
                "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                "weft.test/fake": "true"}}, "spec": {"podCIDR": f"198.18.{number}.0/24"}})
            self.api.merge(f"/api/v1/nodes/{name}/status", {"status": self.node_status(number)})
            self.api.call("POST", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
                          {"metadata": {"name": name}, "spec": {"holderIdentity": name, "leaseDurationSeconds": 40}})
        while True:  # a lease that is renewed is all that the node controller asks for
            for name in self.nodes:
                self.api.merge(f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{name}",
                               {"spec": {"renewTime": now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")}})
            time.sleep(10)

    def node_status(self, number):
        version = self.api.call("GET", "/version")[1]["gitVersion"]
        room = {"cpu": "256", "memory": "1Ti", "pods": "5000", "ephemeral-storage": "1Ti"}
        conditions = [{"type": kind, "status": "True" if kind == "Ready" else "False", "reason": "Fake",
                       "lastTransitionTime": stamp(), "lastHeartbeatTime": stamp()}
                      for kind in ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")]
        return {"capacity": room, "allocatable": room, "conditions": conditions,
                "addresses": [{"type": "InternalIP", "address": f"198.18.0.{number + 1}"}],
                "nodeInfo": {"machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "6.1.0-fake",
                             "osImage": "fake", "containerRuntimeVersion": "fake://0",
                             "kubeletVersion": version, "kubeProxyVersion": version,
                             "operatingSystem": "linux", "architecture": "amd64"}}


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--server", required=True)
    flags.add_argument("--pki", required=True)
    flags.add_argument("--node", action="append", required=True)
    flags.add_argument("--delay", type=float, default=0.3, help="seconds until a pod is ready")
    args = flags.parse_args()
    kubelet = Kubelet(kapi.Api(args.server, args.pki), args.node, args.delay)
    threading.Thread(target=kubelet.follow_rules, daemon=True).start()
    threading.Thread(target=kubelet.follow_pods, daemon=True).start()
    kubelet.keep_nodes()


if __name__ == "__main__":
    main()
