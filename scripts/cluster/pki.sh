#!/usr/bin/env bash
# Makes a cluster's certificates, its service-account key and one kubeconfig per client. Everything
# is valid for 30 days and for this one cluster.
#
#   scripts/cluster/pki.sh NAME
#   scripts/cluster/pki.sh NAME user USER   a further client; prints the path of its kubeconfig
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=$1
# shellcheck source=scripts/cluster/env.sh
. "$here/env.sh"
load_settings
umask 077
mkdir -p "$pki"
cd "$pki"

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
authority() { # NAME
  key "$1"
  openssl req -x509 -new -key "$1.key" -subj "/CN=weft-test-$1" -days 30 -out "$1.crt"
}
certificate() { # NAME AUTHORITY SUBJECT USAGES [SUBJECT-ALTERNATIVE-NAMES]
  key "$1"
  openssl req -new -key "$1.key" -subj "$3" |
    openssl x509 -req -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -days 30 -out "$1.crt" \
      -extfile <(printf '%s\n' basicConstraints=CA:FALSE keyUsage=digitalSignature,keyEncipherment \
        "extendedKeyUsage=$4" ${5:+"subjectAltName=$5"}) 2>/dev/null
}
kubeconfig() { # FILE CERTIFICATE HOST
  cat >"$1" <<YAML
apiVersion: v1
kind: Config
current-context: $name
clusters:
- name: $name
  cluster:
    server: https://$3:$port
    certificate-authority-data: $(base64 -w0 ca.crt)
users:
- name: $2
  user:
    client-certificate-data: $(base64 -w0 "$2.crt")
    client-key-data: $(base64 -w0 "$2.key")
contexts:
- name: $name
  context: {cluster: $name, user: $2}
YAML
}

if [[ ${2:-} == user ]]; then
  certificate "user-$3" ca "/CN=$3" clientAuth
  kubeconfig "user-$3.kubeconfig" "user-$3" "$node_ip"
  echo "$pki/user-$3.kubeconfig"
  exit
fi

authority ca
authority front-proxy-ca
service=kubernetes.default.svc
certificate apiserver ca /CN=kube-apiserver serverAuth \
  "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:$service,DNS:$service.cluster.local,IP:127.0.0.1,IP:$node_ip,IP:$first_service_ip"
certificate apiserver-kubelet ca /O=system:masters/CN=apiserver-kubelet clientAuth
certificate front-proxy front-proxy-ca /CN=front-proxy clientAuth
certificate admin ca /O=system:masters/CN=weft-admin clientAuth
certificate kubelet ca "/O=system:nodes/CN=system:node:$node" clientAuth,serverAuth "DNS:$node,IP:$node_ip"
for client in controller-manager scheduler; do
  certificate "$client" ca "/CN=system:kube-$client" clientAuth
done
certificate proxy ca /CN=system:kube-proxy clientAuth
openssl genrsa -out sa.key 2048 2>/dev/null
openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null

for client in admin controller-manager scheduler proxy kubelet; do
  kubeconfig "$client.kubeconfig" "$client" 127.0.0.1
done
kubeconfig "$kubeconfig" admin "$node_ip"
