#!/usr/bin/env bash
# Process 1 of a cluster: runs in its network, mount and PID namespaces and starts every program.
# up.sh calls it; when it ends, the kernel ends everything below it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
name=$1
# shellcheck source=scripts/cluster/env.sh
. "$here/env.sh"
load_settings
local_kubeconfig=$pki/admin.kubeconfig # by 127.0.0.1

started=$(date +%s%N)
stamp() { echo "$((($(date +%s%N) - started) / 1000000)) ms: $*" >>"$state/timing"; }
# A program that ends is started again, as a service manager would.
start() {
  local program=$1
  shift
  while :; do
    "$@"
    echo "--- $program ended with $?, starting again"
    sleep 1
  done >"$logs/$program.log" 2>&1 &
}
within() { # SECONDS PROGRAM COMMAND...: tries until it succeeds; else shows that program's log and ends all
  local end=$((SECONDS + $1)) program=$2
  shift 2
  until "$@" &>/dev/null; do
    if ((SECONDS > end)); then
      echo "gave up on \"$*\"; the last that $program said:" >&2
      tail -n 20 "$logs/$program.log" >&2
      exit 1
    fi
    sleep 0.1
  done
}
admin() { kubectl --kubeconfig "$local_kubeconfig" "$@"; }

mount_cgroups() { # `ip netns exec` has laid a new /sys over the old one
  mount --make-rshared /
  if mountpoint -q /sys/fs/cgroup; then return; fi
  if [[ $(wc -l </proc/self/cgroup) == 1 ]]; then
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    return
  fi
  mount -t tmpfs cgroup /sys/fs/cgroup
  local controllers
  while IFS=: read -r _ controllers _; do
    [[ -n $controllers ]] || continue
    mkdir -p "/sys/fs/cgroup/${controllers#name=}"
    mount -t cgroup -o "$controllers" cgroup "/sys/fs/cgroup/${controllers#name=}"
  done </proc/self/cgroup
}

# Two kubelets with one cgroup root would remove each other's pods, so each cluster has its own.
make_cgroup_root() {
  local procs tree file
  for procs in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do
    [[ -e $procs ]] || continue
    tree=${procs%/*}
    mkdir -p "$tree/$unit"
    for file in cpuset.cpus cpuset.mems; do
      if [[ -s $tree/$file ]]; then cat "$tree/$file" >"$tree/$unit/$file"; fi
    done
  done
}

# What a node's programs leave at fixed places stays in this mount namespace and goes with it.
hide_fixed_places() {
  local place
  for place in /run/netns /run/containerd /var/lib/cni /var/lib/kubelet /var/log/pods /var/log/containers; do
    mkdir -p "$place"
    mount -t tmpfs -o size=256m weft "$place"
  done
}

start_api() {
  start etcd etcd --data-dir "$state/etcd"
  within 60 etcd curl -sf http://127.0.0.1:2379/health
  stamp etcd answers
  start kube-apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 \
    --secure-port="$port" --advertise-address="$node_ip" \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
    --client-ca-file="$pki/ca.crt" --authorization-mode=Node,RBAC \
    --kubelet-client-certificate="$pki/apiserver-kubelet.crt" \
    --kubelet-client-key="$pki/apiserver-kubelet.key" \
    --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key" \
    --service-cluster-ip-range="$service_net" --enable-admission-plugins=NodeRestriction \
    --allow-privileged=true --profiling=false \
    --requestheader-client-ca-file="$pki/front-proxy-ca.crt" \
    --requestheader-allowed-names=front-proxy \
    --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --requestheader-group-headers=X-Remote-Group --requestheader-username-headers=X-Remote-User \
    --proxy-client-cert-file="$pki/front-proxy.crt" --proxy-client-key-file="$pki/front-proxy.key"
  within 150 kube-apiserver admin get --raw /readyz
  stamp the API server is ready
}

# Only once the API server is ready: both end when it has not made its first roles yet. Their limits
# on requests a second are those of a busy cluster, not of a test that waits for them.
start_controllers() {
  local common=(--bind-address=127.0.0.1 --leader-elect=false --profiling=false
    --kube-api-qps=300 --kube-api-burst=600)
  start kube-controller-manager kube-controller-manager "${common[@]}" \
    --kubeconfig="$pki/controller-manager.kubeconfig" \
    --authentication-kubeconfig="$pki/controller-manager.kubeconfig" \
    --authorization-kubeconfig="$pki/controller-manager.kubeconfig" \
    --use-service-account-credentials=true --service-account-private-key-file="$pki/sa.key" \
    --root-ca-file="$pki/ca.crt" --cluster-signing-cert-file="$pki/ca.crt" \
    --cluster-signing-key-file="$pki/ca.key" --cluster-cidr="$pod_net" --allocate-node-cidrs=false \
    --service-cluster-ip-range="$service_net"
  start kube-scheduler kube-scheduler "${common[@]}" --kubeconfig="$pki/scheduler.kubeconfig" \
    --authentication-kubeconfig="$pki/scheduler.kubeconfig" \
    --authorization-kubeconfig="$pki/scheduler.kubeconfig"
}

nodes_ready() {
  [[ $(admin get nodes -o 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}') == True* ]]
}

start_fake_nodes() {
  start fake-kubelet python3 "$here/fake_kubelet.py" --server "https://127.0.0.1:$port" --pki "$pki" \
    --node "$name-fake-1" --node "$name-fake-2"
  within 120 fake-kubelet nodes_ready
  stamp the nodes are ready
}

start_real_node() {
  local socket=$state/containerd.sock image
  within 60 containerd ctr -a "$socket" version
  for image in "$images"/*.tar; do
    ctr -a "$socket" -n k8s.io images import "$image" >>"$logs/images.log" 2>&1
  done
  stamp containerd has the images
  start kubelet kubelet --config="$state/kubelet.yaml" --kubeconfig="$pki/kubelet.kubeconfig" \
    --hostname-override="$node" --node-ip="$node_ip" --root-dir="$state/kubelet" \
    --cert-dir="$state/kubelet-pki"
  start kube-proxy kube-proxy --config="$state/kube-proxy.yaml" --hostname-override="$node"
  start service-dns python3 "$here/service_dns.py" --server "https://127.0.0.1:$port" --pki "$pki" \
    --listen "$node_ip" --port 10053
  sed "s/@DNS_IP@/$dns_ip/; s/@NODE_IP@/$node_ip/" "$here/addons.yaml" >"$state/addons.yaml"
  within 60 kube-apiserver admin apply -f "$state/addons.yaml"
  within 120 kubelet nodes_ready
  stamp the node is ready
}

ip link set lo up
mount_cgroups
hide_fixed_places
if [[ $nodes == real ]]; then
  make_cgroup_root
  start containerd containerd --config "$state/containerd.toml" # comes up beside the API server
fi
start_api
start_controllers
case $nodes in
  fake) start_fake_nodes ;;
  real) start_real_node ;;
esac
within 120 kube-controller-manager admin -n default get serviceaccount default
stamp service accounts are made
touch "$state/ready"
while :; do wait -n || sleep 5; done
