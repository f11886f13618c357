#!/usr/bin/env bash
# Puts image archives (those of mkimage.py, or any OCI or docker-save archive) on a real node, or gives
# an image that it has a further name.
#
#   scripts/cluster/load-image.sh [--name NAME] FILE.tar...
#   scripts/cluster/load-image.sh [--name NAME] --tag IMAGE FURTHER-NAME
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [[ ${1:-} == --name ]]; then name=${2:?--name needs a value} && shift 2; fi
# shellcheck source=scripts/cluster/env.sh
. "$here/env.sh"
check_name
running || die "cluster \"$name\" does not run; scripts/cluster/up.sh --name $name --nodes real"
[[ $nodes == real ]] || die "cluster \"$name\" has --nodes $nodes: any image name seems to run there"
# containerd's images are mounted in the cluster's own mount namespace only.
images() { nsenter -t "$(<"$state/process-1")" -m ctr -a "$state/containerd.sock" -n k8s.io images "$@" >&2; }
if [[ ${1:-} == --tag ]]; then
  images tag --force "${2:?--tag needs an image}" "${3:?--tag needs a further name}"
  exit
fi
for file in "$@"; do
  [[ -r $file ]] || die "cannot read $file"
  images import "$(realpath "$file")"
done
