#!/usr/bin/env bash
# Starts a Kubernetes cluster of its own and waits until it is ready. Prints the path of its
# kubeconfig; what took how long goes to stderr. Needs root and the programs of tools.py.
#
#   scripts/cluster/up.sh [--name NAME] [--nodes none|fake|real] [--proxy nftables|iptables]
#
# --nodes none   the control plane alone
#         fake   two nodes of fake-kubelet.py: any image "runs", nothing carries traffic (default)
#         real   one node with containerd, kubelet and kube-proxy: pods, services, DNS, exec, logs
#
# A cluster of that name that runs already is left as it is. scripts/cluster/down.sh ends it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
nodes=fake proxy_mode=nftables
while (($#)); do
  case $1 in
    --name) name=${2:?--name needs a value} ;;
    --nodes) nodes=${2:?--nodes needs a value} ;;
    --proxy) proxy_mode=${2:?--proxy needs a value} ;;
    *) echo "up.sh: unknown argument \"$1\"; see the head of $0" >&2 && exit 2 ;;
  esac
  shift 2
done
# shellcheck source=scripts/cluster/env.sh
. "$here/env.sh"
check_name
[[ $nodes =~ ^(none|fake|real)$ ]] || die "--nodes is none, fake or real, not \"$nodes\""
[[ $proxy_mode =~ ^(nftables|iptables)$ ]] || die "--proxy is nftables or iptables, not \"$proxy_mode\""
((EUID == 0)) || die "needs root: it makes network namespaces, mounts and cgroups"

wanted=$nodes
if running; then
  [[ $nodes == "$wanted" ]] || die "cluster \"$name\" runs with --nodes $nodes; end it first"
  [[ -e $state/ready ]] || die "cluster \"$name\" is starting"
  echo "$kubeconfig"
  exit 0
fi
if [[ -e $state ]]; then "$here/down.sh" --name "$name"; fi

needed=(ip openssl curl unshare setsid sysctl)
if [[ $nodes == real ]]; then needed+=(containerd ctr runc nft iptables cc); fi
for program in "${needed[@]}"; do
  command -v "$program" >/dev/null || die "$program is not on PATH: run scripts/setup.sh --cluster"
done
server=$("$here/tools.py" server)
tools=$("$here/tools.py" helm4)
if [[ $nodes == real ]]; then images=$("$here/tools.py" images); fi
export PATH="$server:$tools:$PATH"

mkdir -p "$root"
mkdir "$state" || die "$state was made at the same moment by another up.sh"
undo() {
  local status=$?
  trap - EXIT INT TERM
  ((status == 0)) || "$here/down.sh" --name "$name" --keep-logs
  exit "$status"
}
trap undo EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Making the namespace is what takes the slot: of two that try the same one, one fails.
slot=0
until ip netns add "weftk$slot" 2>/dev/null; do
  ((++slot < 64)) || die "no free slot: 64 clusters, or ip netns add fails (try: ip netns add weftk0)"
done
printf '%s=%q\n' slot "$slot" nodes "$nodes" proxy_mode "$proxy_mode" images "${images:-}" >"$state/settings"
load_settings
mkdir -p "$logs"
"$here/pki.sh" "$name"
if [[ $nodes == real ]]; then "$here/node-config.sh" "$name"; fi

inside() { ip -n "$unit" "$@"; }
ip link add "$unit" type veth peer name eth0 netns "$unit"
ip addr add "$host_ip/30" dev "$unit"
ip link set "$unit" up
inside addr add "$node_ip/30" dev eth0
inside link set lo up
inside link set eth0 up
# Services and pods are reachable from this side too. Inside there is no default route, so nothing
# in the cluster has a way out; service addresses need a route before kube-proxy's rules see them.
for net in "$service_net" "$pod_net"; do ip route add "$net" via "$node_ip" dev "$unit"; done
inside route add "$service_net" dev eth0
ip netns exec "$unit" sysctl -qw net.ipv4.ip_forward=1

# Everything runs below one process that holds a PID namespace: killing that one ends all of it.
setsid ip netns exec "$unit" unshare --pid --fork --kill-child --mount-proc \
  bash "$here/inside.sh" "$name" >"$logs/inside.log" 2>&1 </dev/null &
holder=$!
deadline=$((SECONDS + ${WEFT_CLUSTER_TIMEOUT:-240}))
until [[ -e $state/ready ]]; do
  if ! kill -0 "$holder" 2>/dev/null; then
    tail -n 25 "$logs/inside.log" >&2
    die "cluster \"$name\" ended early; the rest is in $logs"
  fi
  if ((SECONDS > deadline)); then
    cat "$state/timing" >&2 || true
    die "cluster \"$name\" is not ready in time; see $logs"
  fi
  sleep 0.1
done
pgrep -P "$holder" >"$state/process-1"
cat "$state/timing" >&2
echo "$kubeconfig"
