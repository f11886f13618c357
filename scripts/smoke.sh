#!/usr/bin/env bash
# Does a built binary work at all: it starts, serves, measures itself, and keeps the result.
#
#   scripts/smoke.sh BINARY [--empty-root]
#
# --empty-root runs it in a chroot that holds nothing but the binary and an empty /tmp, as it will
# run in an image built FROM scratch; needs root.
set -euo pipefail

binary=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir "$root/tmp"

if [[ ${2:-} == --empty-root ]]; then
  if ((EUID != 0)); then
    echo "smoke: skipped: --empty-root needs root for chroot" >&2
    exit 0
  fi
  if ! file=$(readelf -l "$binary") || grep -q INTERP <<<"$file"; then
    echo "smoke: $binary needs a dynamic loader" >&2
    exit 1
  fi
  cp "$binary" "$root/weft"
  chroot=$(command -v chroot || echo /usr/sbin/chroot)
  weft() { env -i HOME=/tmp "$chroot" "$root" /weft "$@"; }
else
  weft() { env -i HOME="$root/tmp" "$binary" "$@"; }
fi

weft version
# Exit 8: the machine was too busy for the figures to be trusted. That is no fault of the binary.
weft perf run --serve --qps 200 --duration 1s --connections 4 --name smoke -o json >"$root/run.json" ||
  (($? == 8))
grep -q '"schema": "weft.perf-run/v1"' "$root/run.json"
grep -q '"actual_qps": ' "$root/run.json"
weft perf show smoke
weft perf export smoke --format smp
echo "smoke: $binary works"
