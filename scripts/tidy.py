#!/usr/bin/env python3
"""Runs clang-tidy over the sources of a build folder, one run for each CPU at a time, test files left out.

    scripts/tidy.py build/test            all of them
    scripts/tidy.py build/test lib/kube   those whose path begins so

What passed is not checked again until one of its sources, a header of the tree that they include, or
.clang-tidy changes: the cache in <build>/tidy keeps one stamp for each run that passed. The many small
files of single rules are checked twenty to a run, because reading the standard library takes longer
than checking them.
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
configuration = (root / ".clang-tidy").read_bytes()
# gcc's precompiled header means nothing to clang, and without it a forgotten include shows.
commands = {pathlib.Path(entry["file"]): dict(entry, command=re.sub(
    r" -Winvalid-pch| -include \S+/cmake_pch\.hxx", "", entry["command"]))
    for entry in json.loads((build / "compile_commands.json").read_text())}


def to_check(source):
    return (str(source).startswith(wanted) and build.resolve() not in source.parents
            and not source.stem.endswith(("_test", "_fuzz", "_bench", "_contract")) and "testkit" not in source.parts)


def is_rule(source):
    return source.match("lib/rules/*/*.cpp") and re.match(r"w[a-z]\d{3}_", source.name)


def runs():
    """Lists of sources that are checked together."""
    sources = sorted(filter(to_check, commands))
    rules = [s for s in sources if is_rule(s)]
    return [[s] for s in sources if not is_rule(s)] + [rules[i:i + 20] for i in range(0, len(rules), 20)]


def included(path, form):
    return re.findall(form, path.read_bytes().decode(), re.MULTILINE)


def together(sources):
    """One file that reads several rules, each in a namespace of its own; the headers come first, so that
    the rules read none there."""
    name = stamps / f"{sources[0].stem}_to_{sources[-1].stem}.cpp"
    headers = sorted({line for s in sources for line in included(s, r"^#include .*")})
    text = "\n".join(headers) + "\n"
    for source in sources:
        text += (f"namespace {source.stem} {{\n"
                 "namespace weft::rules { using namespace ::weft; using namespace ::weft::rules; }\n"
                 f'#include "{source}"\n}}\n')
    name.write_text(text)
    command = commands[sources[0]]
    commands[name] = dict(command, file=str(name),
                          command=command["command"].replace(str(sources[0]), str(name)))
    return name


@functools.cache
def includes(path):
    """The headers of the tree that a file includes itself."""
    found = included(path, r'^#include "([^"]+)"')
    return [root / name for name in found if (root / name).exists()]


def stamp(sources):
    """Named after the sources and every header of the tree that they read."""
    seen, waiting = set(sources), list(sources)
    while waiting:
        new = set(includes(waiting.pop())) - seen
        seen |= new
        waiting += new
    digest = hashlib.sha256(configuration)
    for path in sorted(seen):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return stamps / digest.hexdigest()


def check(run):
    program = run[0] if len(run) == 1 else together(run)
    # gcc's own flags mean nothing to clang.
    done = subprocess.run(["clang-tidy", "--quiet", "-p", str(stamps),
                           "--extra-arg=-Wno-unknown-warning-option",
                           "--extra-arg=-Wno-unused-command-line-argument",
                           str(program)], capture_output=True, text=True)
    if done.returncode == 0:
        stamp(run).touch()
        return True
    print(done.stdout, end="", flush=True)
    return False


every = runs()
left = [run for run in every if not stamp(run).exists()]
for run in left:
    if len(run) > 1:
        together(run)
(stamps / "compile_commands.json").write_text(json.dumps(list(commands.values())))
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    passed = list(pool.map(check, left))
print(f"clang-tidy: {len(every) - len(left) + sum(passed)} of {len(every)} runs without findings")
sys.exit(0 if all(passed) else 1)
