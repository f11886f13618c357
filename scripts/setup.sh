#!/usr/bin/env bash
# Installs what building, testing and checking weft needs, all from Debian 12. Does nothing, and
# needs no root, when everything is there already.
#
#   scripts/setup.sh            what the build and the tests need
#   scripts/setup.sh --checks   also what CI needs: linters, a browser, peers to measure against
#   scripts/setup.sh --cluster  also what a Kubernetes test cluster runs on (scripts/cluster)
#
# Tests against programs of others that are not listed here (prometheus, fortio, k6) say so and are
# left out where these are missing.
set -euo pipefail

build=(g++ cmake ninja-build ccache git ca-certificates
  libcli11-dev libyaml-cpp-dev libyaml-dev nlohmann-json3-dev libfmt-dev libre2-dev zlib1g-dev
  libssl-dev libnghttp2-dev catch2)
checks=(clang-format clang-tidy-22 shellcheck python3 groff-base man-db chromium fonts-dejavu-core
  nginx-light libnginx-mod-stream iproute2 wrk nghttp2-client zsh fish)
cluster=(python3 openssl curl iproute2 procps containerd runc containernetworking-plugins iptables
  nftables conntrack ethtool socat busybox nginx-light)

wanted=("${build[@]}")
case ${1:-} in
  --checks) wanted+=("${checks[@]}") ;;
  --cluster) wanted+=("${cluster[@]}") ;;
esac

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if ((${#missing[@]} == 0)); then exit 0; fi

if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "setup: as root, run: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "setup: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
install() { ${as_root[@]+"${as_root[@]}"} apt-get -q "$@" >&2; }
install update
# A service that a package brings (nginx) must not start: the tests run their own.
install install -y --no-install-recommends -o DPkg::Options::=--force-confold "${missing[@]}"
