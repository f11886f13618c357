#!/usr/bin/env bash
# Runs the conformance suites against the reference mesh, unbroken and with one behaviour broken at
# a time, in network namespaces of this machine. Exit code 77, which ctest shows as skipped, where
# that cannot be done.
#
#   scripts/test-mutants.sh build/test/conform_contract_test build/test/weft
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
  echo "test-mutants: SKIPPED: $1" >&2
  exit 77
}
[[ $(id -u) == 0 ]] || skip "network namespaces need root"
command -v ip >/dev/null || skip "no ip on PATH (scripts/setup.sh --checks installs it)"
command -v nginx >/dev/null || skip "no nginx on PATH (scripts/setup.sh --checks installs it)"
ip netns add "weft-try-$$" 2>/dev/null || skip "no network namespace can be made here"
ip netns delete "weft-try-$$"
WEFT_BINARY=$(realpath "$2") exec "$1"
