#!/usr/bin/env bash
# How long the shortest command takes, against kubectl's, in one rotation. Bars: `weft version`
# under 3 ms (median), at least ten times faster than `kubectl version --client`.
# Needs hyperfine and kubectl (Debian: hyperfine, kubernetes-client).
set -euo pipefail
cd "$(dirname "$0")/../.."

for tool in hyperfine kubectl; do
  command -v "$tool" >/dev/null || { echo "bench: startup skipped: $tool is missing" >&2; exit 0; }
done
scripts/build.sh release >/dev/null
export HOME
HOME=$(mktemp -d)
trap 'rm -rf "$HOME"' EXIT
hyperfine -N --warmup 20 --min-runs 200 \
  'build/release/weft version' 'build/release/weft help' 'kubectl version --client' 2>/dev/null
