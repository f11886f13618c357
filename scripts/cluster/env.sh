# shellcheck shell=bash disable=SC2034  # the scripts that source this file read what it sets
# What one test cluster is made of, by its $name. Sourced by the scripts of this folder.
#
# A cluster has a slot, a small number that up.sh found free; its addresses and the names that the
# whole machine sees come from it, so clusters stand side by side.
root=${WEFT_CLUSTER_STATE:-${TMPDIR:-/tmp}/weft-cluster}
name=${name:-weft}
state=$root/$name

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

check_name() {
  [[ $name =~ ^[a-z][a-z0-9-]{0,30}$ ]] || die "\"$name\" is no cluster name: lower-case letters, digits, dashes"
}

# Sets what up.sh has written (slot, nodes, proxy_mode, images), and what follows from it.
load_settings() {
  slot=0 nodes=fake proxy_mode=nftables images=
  # shellcheck disable=SC1091
  . "$state/settings"
  unit=weftk$slot # the network namespace, the link to it and the cgroup
  host_ip=10.213.$slot.1
  node_ip=10.213.$slot.2
  pod_net=10.244.$slot.0/24
  local base=10.$((96 + slot / 16)).$((slot % 16 * 16))
  service_net=$base.0/20
  first_service_ip=$base.1
  dns_ip=$base.10
  port=6443
  node=$name-node
  pki=$state/pki
  logs=$state/logs
  kubeconfig=$state/kubeconfig
}

processes() { ip netns pids "$unit" 2>/dev/null || true; }
running() { [[ -e $state/settings ]] && load_settings && [[ -n $(processes) ]]; }
