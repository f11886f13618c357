#!/usr/bin/env python3
"""Runs clang-tidy over the sources of a build folder, one run for each CPU at a time, test files left out.

    scripts/tidy.py build/test            all of them
    scripts/tidy.py build/test lib/kube   those whose path begins so

What passed is not checked again until one of its sources, a header of the tree that they include, or
.clang-tidy changes: a stamp in ~/.cache/weft-tidy stands for each run that passed, whatever the build
folder. Rules are checked as they are compiled, several in a run.
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

TIDY = "clang-tidy-22"  # the first that passes over what system headers declare: half the time

build = pathlib.Path(sys.argv[1])
root = pathlib.Path.cwd()
wanted = tuple(str(root / prefix) for prefix in sys.argv[2:]) or (str(root),)
database = build / "tidy"
database.mkdir(exist_ok=True)
stamps = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "weft-tidy"
stamps.mkdir(parents=True, exist_ok=True)
configuration = (root / ".clang-tidy").read_bytes()
# gcc's precompiled header means nothing to clang, and without it a forgotten include shows.
commands = {pathlib.Path(entry["file"]): dict(entry, command=re.sub(
    r" -Winvalid-pch| -include \S+/cmake_pch\.hxx", "", entry["command"]))
    for entry in json.loads((build / "compile_commands.json").read_text())}


def to_check(source):
    """Whether it reads what is wanted. Of what is generated, only what reads several rules is checked."""
    if build.resolve() in source.parents:
        return source.parent.name == "rules" and any(str(path).startswith(wanted) for path in includes(source))
    return (str(source).startswith(wanted) and "testkit" not in source.parts
            and not source.stem.endswith(("_test", "_fuzz", "_bench", "_contract")))


@functools.cache
def includes(path):
    """What a file of the tree includes itself."""
    found = re.findall(r'^#include "([^"]+)"', path.read_bytes().decode(), re.MULTILINE)
    return [root / name for name in found if (root / name).exists()]


def stamp(source):
    """Named after the source and every header of the tree that it reads."""
    seen, waiting = {source}, [source]
    while waiting:
        new = set(includes(waiting.pop())) - seen
        seen |= new
        waiting += new
    digest = hashlib.sha256(configuration)
    for path in sorted(seen):
        digest.update(os.path.relpath(path, root).encode() + path.read_bytes())
    return stamps / digest.hexdigest()


def check(source):
    # gcc's own flags mean nothing to clang.
    done = subprocess.run([TIDY, "--quiet", "-p", str(database),
                           "--extra-arg=-Wno-unknown-warning-option",
                           "--extra-arg=-Wno-unused-command-line-argument",
                           str(source)], capture_output=True, text=True)
    if done.returncode == 0:
        stamp(source).touch()
        return True
    print(done.stdout, end="", flush=True)
    return False


every = sorted(filter(to_check, commands))
left = [source for source in every if not stamp(source).exists()]
(database / "compile_commands.json").write_text(json.dumps(list(commands.values())))
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    passed = list(pool.map(check, left))
print(f"clang-tidy: {len(every) - len(left) + sum(passed)} of {len(every)} runs without findings")
sys.exit(0 if all(passed) else 1)
