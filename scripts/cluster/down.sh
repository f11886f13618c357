#!/usr/bin/env bash
# Ends a cluster and removes all it made: processes, namespaces, links, routes, cgroups, state.
# Verifies that; exit code 1 and a list where something stayed. Ending what does not run is no error.
#
#   scripts/cluster/down.sh [--name NAME] [--keep-logs]
#   scripts/cluster/down.sh --all
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
keep_logs=no
while (($#)); do
  case $1 in
    --name) name=${2:?--name needs a value} && shift ;;
    --keep-logs) keep_logs=yes ;;
    --all) all=yes ;;
    *) echo "down.sh: unknown argument \"$1\"; see the head of $0" >&2 && exit 2 ;;
  esac
  shift
done
# shellcheck source=scripts/cluster/env.sh
. "$here/env.sh"
check_name
if [[ ${all:-no} == yes ]]; then
  for settings in "$root"/*/settings; do
    [[ ! -e $settings ]] || "$0" --name "$(basename "$(dirname "$settings")")"
  done
  exit 0
fi
[[ -e $state ]] || exit 0
if [[ ! -e $state/settings ]]; then # no slot was taken yet, or only logs are left
  rm -rf "$state"
  exit 0
fi
load_settings

cgroups() { find /sys/fs/cgroup -mindepth 1 -maxdepth 2 -type d -name "$unit" 2>/dev/null || true; }
left() {
  processes | sed 's/^/process /'
  cgroups | sed 's/^/cgroup /'
  if [[ -e /run/netns/$unit ]]; then echo "network namespace $unit"; fi
  if ip link show "$unit" &>/dev/null; then echo "link $unit"; fi
  awk -v at="$state/" 'index($2, at) == 1 {print "mount " $2}' /proc/mounts
}

# unshare(1) ignores TERM; KILL takes process 1 of the PID namespace and so all that is in there.
for attempt in {1..100}; do
  mapfile -t pids < <(processes)
  ((${#pids[@]} > 0)) || break
  kill -KILL "${pids[@]}" 2>/dev/null || true
  sleep 0.05
done
ip link del "$unit" 2>/dev/null || true
ip netns del "$unit" 2>/dev/null || true
for attempt in {1..40}; do # a cgroup is busy until the kernel has reaped its last process
  for group in $(cgroups); do
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
  [[ -n $(left) ]] || break
  sleep 0.1
done
if [[ -n $(left) ]]; then
  left >&2
  die "the above is left of cluster \"$name\" after $attempt attempts"
fi
if [[ $keep_logs == yes ]]; then
  find "$state" -mindepth 1 -maxdepth 1 ! -name logs ! -name timing -exec rm -rf {} +
else
  rm -rf "$state"
fi
rmdir "$root" 2>/dev/null || true
