#!/usr/bin/env python3
"""Packs a directory as a container image archive that `ctr images import` and `docker load` accept.
The same directory always gives the same image.

    scripts/cluster/mkimage.py OUT.tar NAME:TAG DIRECTORY --entrypoint /weft --cmd serve --port 8080
"""
import argparse
import hashlib
import io
import json
import platform
import tarfile

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def plain(info):
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


def layer_of(root):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(root, arcname=".", filter=plain)
    return buffer.getvalue()


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("out")
    flags.add_argument("name")
    flags.add_argument("root")
    flags.add_argument("--entrypoint", action="append")
    flags.add_argument("--cmd", action="append")
    flags.add_argument("--env", action="append", default=["PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
    flags.add_argument("--user", default="")
    flags.add_argument("--port", action="append", default=[])
    args = flags.parse_args()

    layer = layer_of(args.root)
    digest = hashlib.sha256(layer).hexdigest()
    config = json.dumps({
        "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()), "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {"Entrypoint": args.entrypoint, "Cmd": args.cmd, "Env": args.env, "User": args.user,
                   "ExposedPorts": {f"{port}/tcp": {} for port in args.port}},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "mkimage"}]}).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [args.name],
                            "Layers": [f"{digest}/layer.tar"]}]).encode()
    with tarfile.open(args.out, "w") as archive:
        for name, data in ((config_name, config), (f"{digest}/layer.tar", layer), ("manifest.json", manifest)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


if __name__ == "__main__":
    main()
