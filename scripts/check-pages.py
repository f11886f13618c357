#!/usr/bin/env python3
"""Checks what scripts/test-report.sh has rendered: that no picture is blank, that the colours of
the charts are in it, that nothing sticks out to the right, and that every SVG keeps to its frame."""
import re
import struct
import sys
import zlib
from collections import Counter
from pathlib import Path

LIGHT = {"page": (0xF5, 0xF6, 0xF8), "series": [(0x00, 0x69, 0xB4), (0xD5, 0x5E, 0x00)]}
DARK = {"page": (0x10, 0x14, 0x18), "series": [(0x5A, 0xB4, 0xF5), (0xFF, 0x91, 0x48)]}
PICTURES = {
    "run-light": LIGHT,
    "run-dark": DARK,
    "run-narrow": LIGHT,
    "comparison-light": LIGHT,
}
FEWEST_PIXELS = 60  # of a series' colour


def rows_of(path):
    """The pixels of an 8-bit RGB or RGBA PNG without interlace, a list of (r, g, b) a row."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is no PNG"
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", body[:10])
            assert depth == 8 and color in (2, 6), f"{path}: unexpected kind of PNG"
        elif kind == b"IDAT":
            packed += body
        at += size + 12
    step = 3 if color == 2 else 4
    raw, stride, before = zlib.decompress(packed), width * step, bytearray(width * step)
    for y in range(height):
        start = y * (stride + 1)
        line = unfilter(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), before, step)
        yield list(zip(line[0::step], line[1::step], line[2::step]))
        before = line


def unfilter(kind, line, above, step):
    """Undoes one of PNG's five filters; in plain loops, because this is where the time goes."""
    if kind == 0:
        return line
    if kind == 2:
        return bytearray((a + b) & 255 for a, b in zip(line, above))
    for i, value in enumerate(line):
        left, corner = (line[i - step], above[i - step]) if i >= step else (0, 0)
        up = above[i]
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        else:
            from_left, from_up = abs(up - corner), abs(left - corner)
            from_corner = abs(left + up - 2 * corner)
            if from_left <= from_up and from_left <= from_corner:
                guess = left
            else:
                guess = up if from_up <= from_corner else corner
        line[i] = (value + guess) & 255
    return line


def picture_problems(path, theme):
    counts, edge = Counter(), set()
    for row in rows_of(path):
        counts.update(row)
        edge.update(row[-6:])
    if edge != {theme["page"]}:
        yield "something reaches the right edge"
    for color in theme["series"]:
        if counts[color] < FEWEST_PIXELS:
            yield f"only {counts[color]} pixels of the series colour #{'%02x%02x%02x' % color}"


def svg_problems(html):
    for width, height, body in re.findall(r'<svg[^>]*viewBox="0 0 (\S+) (\S+)"[^>]*>(.*?)</svg>', html, re.S):
        points = [p.split(",") for group in re.findall(r'points="([^"]*)"', body) for p in group.split()]
        points += re.findall(r'<(?:text|rect) x="([^"]*)" y="([^"]*)"', body)
        for x, y in points:
            if not (-0.1 <= float(x) <= float(width) + 0.1 and -0.1 <= float(y) <= float(height) + 0.1):
                yield f"({x}, {y}) lies outside of a chart of {width} x {height}"


def main(folder):
    found = []
    for name, theme in PICTURES.items():
        found += [f"{name}.png: {problem}" for problem in picture_problems(folder / f"{name}.png", theme)]
    for page in sorted(folder.glob("*.html")):
        html = page.read_text(encoding="utf-8")
        found += [f"{page.name}: {problem}" for problem in svg_problems(html)]
        if "<script" in html:
            found.append(f"{page.name}: holds a script")
    if not (folder / "run.pdf").read_bytes().startswith(b"%PDF"):
        found.append("run.pdf: not a PDF")
    print("\n".join(found) if found else f"{len(PICTURES)} pictures and all pages are well")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
