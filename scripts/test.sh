#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test that needs no cluster. Ends with ctest's
# summary. Arguments go to ctest:  scripts/test.sh -R doc
#
#   scripts/test.sh --cluster [WORD...]   the tests that need a Kubernetes cluster: scripts/cluster
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ ${1:-} == --cluster ]]; then
  shift
  scripts/setup.sh --cluster || scripts/setup.sh # without root: what can be had without it
  [[ -n ${WEFT:-} ]] || scripts/build.sh test
  exec scripts/cluster/run.py "$@"
fi
scripts/setup.sh
scripts/build.sh test
exec ctest --test-dir build/test --output-on-failure --no-tests=error -j "$(nproc)" "$@"
