#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test that needs no cluster. Ends with ctest's
# summary. Arguments go to ctest:  scripts/test.sh -R doc
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
scripts/build.sh test
exec ctest --test-dir build/test --output-on-failure --no-tests=error -j "$(nproc)" "$@"
