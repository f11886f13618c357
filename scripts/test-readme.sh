#!/usr/bin/env bash
# Runs every `$ ...` line of the README's tour, in order, in one shell, as a reader would.
#
#   scripts/test-readme.sh BINARY
set -euo pipefail

binary=$(realpath "$1")
readme=$(realpath "$(dirname "$0")/../README.md")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

mkdir "$work/bin"
ln -s "$binary" "$work/bin/weft"
# The commands of the README's console blocks, without their prompt.
tour=$(awk '/^```/ { inside = /^```console$/ } inside && /^[$] / { print substr($0, 3) }' "$readme")
{
  echo 'set -eum'
  while IFS= read -r line; do
    # Exit 8: the machine was too busy for the figures to be trusted. The tour goes on.
    [[ $line != 'weft perf run '* ]] || line+=' || (($? == 8))'
    printf 'printf "\\n%%s\\n" %q\n%s\n' "\$ $line" "$line"
    # A reader types the next command only after the service has said that it listens.
    if [[ $line == *'&' ]]; then echo 'sleep 1'; fi
  done <<<"$tour"
  echo 'wait'
} >"$work/tour.sh"
[[ $(grep -c weft "$work/tour.sh") -ge 10 ]] || { echo "the README has no tour" >&2; exit 1; }

cd "$work"
env -i HOME="$work" PATH="$work/bin:$PATH" TERM=dumb bash tour.sh
