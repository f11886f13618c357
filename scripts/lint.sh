#!/usr/bin/env bash
# Layers, format, shell scripts and, without --quick, clang-tidy over the tree. Fails on the first
# kind with findings.
# clang-tidy reads build/test/compile_commands.json, which scripts/test.sh leaves behind, and skips
# files that have not changed since they last passed.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "lint: layers"
scripts/check-layers
echo "lint: clang-format"
git ls-files -z '*.cpp' '*.h' | xargs -0 clang-format --dry-run -Werror
echo "lint: shellcheck"
git ls-files -z '*.sh' .ci/run scripts/check-layers completions/weft.bash | xargs -0 shellcheck -x
[[ ${1:-} != --quick ]] || exit 0
echo "lint: clang-tidy"
[[ -f build/test/compile_commands.json ]] || scripts/build.sh test
exec scripts/tidy.py build/test
