#!/usr/bin/env python3
"""Runs clang-tidy over the sources of a build folder, two at a time, test files left out.

A file that passed is not checked again until it, a header of the tree, or .clang-tidy changes:
the cache in <build>/tidy keeps one stamp per passed file.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys

build = pathlib.Path(sys.argv[1])
root = pathlib.Path.cwd()
commands = json.loads((build / "compile_commands.json").read_text())
sources = sorted({pathlib.Path(c["file"]) for c in commands})
sources = [s for s in sources if root in s.parents and build.resolve() not in s.parents
           and not s.stem.endswith(("_test", "_fuzz", "_bench")) and "testkit" not in s.parts]

tracked = subprocess.run(["git", "ls-files", "-z", "*.h", ".clang-tidy"], capture_output=True,
                         check=True).stdout.decode().split("\0")
shared = hashlib.sha256()
for name in sorted(filter(None, tracked)):
    shared.update((root / name).read_bytes())
stamps = build / "tidy"
stamps.mkdir(exist_ok=True)


def stamp(source):
    digest = shared.copy()
    digest.update(str(source.relative_to(root)).encode() + source.read_bytes())
    return stamps / digest.hexdigest()


def check(source):
    done = stamp(source)
    if done.exists():
        return True
    # gcc's own flags mean nothing to clang.
    run = subprocess.run(["clang-tidy", "--quiet", "-p", str(build),
                          "--extra-arg=-Wno-unknown-warning-option",
                          "--extra-arg=-Wno-unused-command-line-argument",
                          str(source)], capture_output=True, text=True)
    if run.returncode == 0:
        done.touch()
        return True
    print(run.stdout, end="", flush=True)
    return False


with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    passed = list(pool.map(check, sources))
print(f"clang-tidy: {sum(passed)} of {len(sources)} files without findings")
sys.exit(0 if all(passed) else 1)
