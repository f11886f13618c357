#!/usr/bin/env python3
"""Runs clang-tidy over the sources of a build folder, one for each CPU at a time, test files left out.

    scripts/tidy.py build/test            all of them
    scripts/tidy.py build/test lib/kube   those whose path begins so

A file that passed is not checked again until it, a header of the tree that it includes, or
.clang-tidy changes: the cache in <build>/tidy keeps one stamp per passed file.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

build = pathlib.Path(sys.argv[1])
root = pathlib.Path.cwd()
wanted = tuple(str(root / prefix) for prefix in sys.argv[2:]) or (str(root),)
stamps = build / "tidy"
stamps.mkdir(exist_ok=True)

# gcc's precompiled header means nothing to clang, and without it a forgotten include shows.
commands = json.loads((build / "compile_commands.json").read_text())
for command in commands:
    command["command"] = re.sub(r" -Winvalid-pch| -include \S+/cmake_pch\.hxx", "",
                                command["command"])
(stamps / "compile_commands.json").write_text(json.dumps(commands))
sources = sorted({pathlib.Path(c["file"]) for c in commands})
sources = [s for s in sources if str(s).startswith(wanted) and build.resolve() not in s.parents
           and not s.stem.endswith(("_test", "_fuzz", "_bench")) and "testkit" not in s.parts]

configuration = (root / ".clang-tidy").read_bytes()


@functools.cache
def includes(path):
    """The headers of the tree that a file includes itself."""
    found = re.findall(rb'^#include "([^"]+)"', path.read_bytes(), re.MULTILINE)
    return [root / name.decode() for name in found if (root / name.decode()).exists()]


def read_with(source):
    """The file and every header of the tree that it reads, in a fixed order."""
    seen, waiting = {source}, [source]
    while waiting:
        new = set(includes(waiting.pop())) - seen
        seen |= new
        waiting += new
    return sorted(seen)


def stamp(source):
    digest = hashlib.sha256(configuration)
    for path in read_with(source):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return stamps / digest.hexdigest()


def check(source):
    done = stamp(source)
    if done.exists():
        return True
    # gcc's own flags mean nothing to clang.
    run = subprocess.run(["clang-tidy", "--quiet", "-p", str(stamps),
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
