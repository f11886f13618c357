#!/usr/bin/env bash
# From a bare Debian 12 machine to a first measurement: installs what is missing, builds a release
# (build/release/weft), runs a load test of 10 s against the embedded sample service, shows the
# result as a chart and gives its MeshMark.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
scripts/build.sh release
weft=build/release/weft

step() { printf '\n$ weft %s\n' "$*" && "$weft" "$@"; }
# Exit 8: the machine was too busy for the figures to be trusted. They are kept and shown all the same.
step perf run --serve --name quickstart --qps 1000 --duration 10s --connections 20 || (($? == 8))
step perf show quickstart
# Without a mesh there is no baseline and no resource use: the score of what is known is partial.
step meshmark score quickstart --partial
