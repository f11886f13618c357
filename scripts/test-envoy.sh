#!/usr/bin/env bash
# Runs the suites for mTLS and the SMI's (or those named) against proxies that are Envoy, with what weft makes of the objects as
# its configuration, in network namespaces of this machine: suites must not be fitted to the one
# data plane they were written with. Exit code 77, which ctest shows as skipped, where that cannot be
# done.
#
#   scripts/test-envoy.sh build/test/weft [SUITE...]
set -euo pipefail
weft=$(realpath "$1")
shift
scripts=$(realpath "$(dirname "$0")")

skip() {
  echo "test-envoy: SKIPPED: $1" >&2
  exit 77
}
[[ $(id -u) == 0 ]] || skip "network namespaces need root"
for program in ip nginx python3; do
  command -v $program >/dev/null || skip "no $program on PATH (scripts/setup.sh --checks installs it)"
done
ip netns add "weft-try-$$" 2>/dev/null || skip "no network namespace can be made here"
ip netns delete "weft-try-$$"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! envoy=$(command -v envoy); then
  made=$("$scripts/cluster/tools.py" envoy 2>"$work/log") || skip "no Envoy: $(cat "$work/log")"
  envoy=$made/envoy
fi
"$envoy" --version >"$work/log" 2>&1 || skip "this Envoy does not run here: $(tail -n1 "$work/log")"
export XDG_STATE_HOME=$work/state
suites=("$@")
(($#)) || suites=(mtls-strict mtls-permissive mtls-authorization
  smi-traffic-access smi-traffic-specs smi-traffic-split)
"$weft" conformance run "${suites[@]}" --driver local --envoy "$envoy" --strict
