#!/usr/bin/env bash
# Configures and builds one flavour of weft below build/.
#
#   scripts/build.sh [release|test|debug|asan] [ninja arguments...]
#
# release  optimised, no tests: weft, which needs the C library only, and static/weft, which needs
#          nothing (for images and empty roots)
# test     quick to compile, with the tests
# debug    for development, with the tests
# asan     address and undefined-behaviour sanitizers, with the tests
set -euo pipefail
cd "$(dirname "$0")/.."

flavour=${1:-release}
shift || true
case $flavour in
  release) options=(-DCMAKE_BUILD_TYPE=Release -DWEFT_STATIC_DEPS=ON -DBUILD_TESTING=OFF) ;;
  test) options=(-DCMAKE_BUILD_TYPE=Test) ;;
  debug) options=(-DCMAKE_BUILD_TYPE=Debug) ;;
  asan) options=(-DCMAKE_BUILD_TYPE=Sanitize "-DWEFT_SANITIZE=address,undefined") ;;
  *)
    echo "build: unknown flavour \"$flavour\" (release, test, debug, asan)" >&2
    exit 2
    ;;
esac
log=build/$flavour/configure.log
mkdir -p "build/$flavour"
if ! cmake -S . -B "build/$flavour" -G Ninja "${options[@]}" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
exec ninja -C "build/$flavour" "$@"
