#!/usr/bin/env python3
"""Merges the results of many workers: time, memory, and whether the sum holds every cell of every worker.

    scripts/bench/merge.py [--workers 1000] [--weft build/release/weft]

Four workers measure the sample service for ten seconds; the others are copies of their results whose histograms have
been shifted and thinned, each in its own way.
"""
import argparse
import base64
import collections
import json
import os
import pathlib
import random
import resource
import subprocess
import tempfile
import time
import zlib

HEADER = 40


def read_cells(text):
    """Counts by index out of an HdrHistogram V2 payload, and its header."""
    payload = zlib.decompress(base64.b64decode(text)[8:])
    counts, index, at = {}, 0, HEADER
    end = HEADER + int.from_bytes(payload[4:8], "big")
    while at < end:
        value = shift = 0
        while True:
            byte = payload[at]
            at += 1
            value |= (byte if shift == 56 else byte & 127) << shift
            shift += 7
            if byte < 128 or shift > 56:
                break
        value = (value >> 1) ^ -(value & 1)
        if value < 0:
            index -= value
            continue
        if value:
            counts[index] = value
        index += 1
    return counts, payload[:HEADER]


def write_cells(counts, header):
    out, next_index = bytearray(), 0

    def put(value):
        value = (value << 1) ^ (value >> 63)
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        out.append(value)

    for index in sorted(counts):
        if index > next_index:
            put(next_index - index)
        put(counts[index])
        next_index = index + 1
    payload = zlib.compress(header[:4] + len(out).to_bytes(4, "big") + header[8:] + bytes(out))
    return base64.b64encode((0x1C849314).to_bytes(4, "big") + len(payload).to_bytes(4, "big") + payload).decode()


def low_of(index):
    """The least value of a cell: 2048 of 1 ns, then 1024 for each doubling."""
    bucket = max(0, (index >> 10) - 1)
    return (index - (bucket << 10)) << bucket


def vary(document, chance):
    """Another worker: every histogram shifted by some cells, a few of its counts changed."""
    shift = chance.randrange(1, 300)

    def change(place):
        if isinstance(place, list):
            for one in place:
                change(one)
        elif isinstance(place, dict):
            for one in place.values():
                change(one)
            if "histogram" not in place:
                return
            old, header = read_cells(place["histogram"])
            counts = {index + shift: count + chance.randrange(3) for index, count in old.items()}
            place["histogram"] = write_cells(counts, header)
            least, most = low_of(min(counts)) / 1000, low_of(max(counts)) / 1000
            place.update({"min_us": least, "max_us": most} if "start_s" in place else {"min": least, "max": most})

    change(document)


def names(folder, workers, weft, seconds):
    """The files of all workers, and the sums of their latency."""
    # Exit code 8 on a busy machine does no harm: the figures are not what is looked at.
    subprocess.run([weft, "perf", "run", "--serve", "--processes", "4", "--qps", "4000", "-d", f"{seconds}s",
                    "--save=false", "--worker-results", folder / "real"], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    real = [path.read_text() for path in sorted((folder / "real").iterdir())]
    sums, files, chance = collections.Counter(), [], random.Random(7)
    for i in range(workers):
        document = json.loads(real[i % len(real)])
        document["id"], document["name"] = f"copy-{i}", f"worker {i + 1}"
        if i >= len(real):
            vary(document, chance)
        counts, _ = read_cells(document["latency_us"]["histogram"])
        sums.update(counts)
        files.append(f"worker-{i + 1}.json")
        (folder / files[-1]).write_text(json.dumps(document))
    return files, sums


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=10, help="length of the measured run")
    parser.add_argument("--rounds", type=int, default=3)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--weft", default=root / "build/release/weft", type=pathlib.Path)
    options = parser.parse_args()
    weft = options.weft.resolve()
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        os.environ["XDG_DATA_HOME"] = str(folder / "store")
        files, sums = names(folder, options.workers, weft, options.seconds)
        size = sum((folder / name).stat().st_size for name in files)
        print(f"{len(files)} results, {size / 1e6:.1f} MB")
        for _ in range(options.rounds):
            begin = time.monotonic()
            subprocess.run([weft, "perf", "merge", *files, "--save=false", "-q", "--out", "whole.json"], cwd=folder,
                           check=True, stdout=subprocess.DEVNULL)
            print(f"merged in {time.monotonic() - begin:.3f} s, "
                  f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB at most")
        whole = json.loads((folder / "whole.json").read_text())
        counts, _ = read_cells(whole["latency_us"]["histogram"])
        assert counts == dict(sums), "the sum is not that of the parts"
        print(f"{sum(counts.values())} answers in {len(counts)} cells: every cell is the sum of the parts")


if __name__ == "__main__":
    main()
