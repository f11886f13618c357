#include "lib/mesh/check.h"

namespace weft::mesh {
namespace {

constexpr Check kChecks[] = {
    {"tools-kubectl", "tools", "kubectl works and fits the server",
     "kubectl carries every request to the cluster. Its minor version may differ from the server's "
     "by one; further apart, requests may be refused or fields lost.",
     "install a kubectl of the server's minor version, or give its path with --kubectl"},
    {"tools-helm", "tools", "helm works and is new enough",
     "helm installs the charts. Releases before 3.14 cannot ask the server for a dry run; before "
     "3.17 objects of others cannot be taken over.",
     "install helm 3.17 or later, or give its path with --helm"},

    {"cluster-reachable", "cluster", "the API server answers and is ready",
     "Everything else depends on it. /readyz says which part of the server is not ready.",
     "see which context is meant (kubectl config current-context) and whether the cluster runs"},
    {"cluster-version", "cluster", "the mesh supports this version of Kubernetes",
     "Every version of a mesh is tested with a range of Kubernetes versions. Below the range it "
     "will not work and is refused; above it is untested, which is a warning.",
     "choose a version of the mesh for this cluster: weft mesh show MESH lists the ranges"},

    {"rights", "rights", "all objects of the plan may be made",
     "The API server is asked, for every kind and namespace in the plan, whether the present user "
     "may create, change and, where the plan removes, delete it; also helm's release Secrets, and "
     "reading what readiness is judged by.",
     "ask for a ClusterRole with these rights, or use a context of an administrator"},
    {"rights-grant", "rights", "roles of the plan may be granted",
     "Nobody can grant rights that he does not have. Charts bring ClusterRoles, so without full "
     "rights the server may refuse them half-way.",
     "use a context of an administrator, or one with the verbs bind and escalate"},

    {"conflict-mesh", "conflicts", "no other mesh gets in the way",
     "Two meshes that inject sidecars can share a cluster only as long as no namespace belongs to "
     "both; some tolerate no other mesh at all.",
     "uninstall the other mesh first, or keep their namespaces apart"},
    {"conflict-injection", "conflicts", "no namespace belongs to two injecting meshes",
     "A pod with two sidecars that both redirect its traffic does not work. Namespaces are looked "
     "at for the labels and annotations of all known meshes.",
     "take the namespace out of one of them: weft mesh offboard"},
    {"required-mesh", "conflicts", "the mesh on which this one stands is here",
     "Some meshes bring only proxies or tools and leave the control plane to another one.",
     "install the other mesh first"},

    {"platform", "platform", "the platform needs no more settings",
     "Some managed and small Kubernetes distributions need values of their own. They are known by "
     "labels of their nodes and by their API groups.",
     "give the values named, or leave it to weft where it knows them"},

    {"nodes-kernel", "nodes", "the kernels of all nodes are new enough",
     "Networking by eBPF and by nftables needs kernels from a certain version on. Nodes report "
     "theirs.",
     "update the nodes named, or keep the mesh off them"},
    {"nodes-arch", "nodes", "images exist for all nodes",
     "Images of the mesh are built for some processor architectures, and for Linux.",
     "keep the pods of the mesh off these nodes by a node selector"},
    {"nodes-modules", "nodes", "kernel modules are there",
     "Traffic is redirected by kernel modules, which no API shows.",
     "on a node: lsmod, or modprobe for each that is named"},

    {"pod-security", "namespaces", "Pod Security lets the pods of the mesh run",
     "Components that set up networking need more than the levels baseline and restricted of Pod "
     "Security admission allow; their pods would never be created.",
     "label the namespace pod-security.kubernetes.io/enforce=privileged, or use the mesh's CNI"},
    {"namespace-terminating", "namespaces", "no namespace of the mesh is being deleted",
     "Nothing can be created in a namespace that is on its way out.",
     "wait until it is gone; if it stays, look for finalizers: kubectl get namespace NAME -o yaml"},

    {"storage-class", "storage", "there is a default StorageClass",
     "The mesh asks for volumes. Without a default StorageClass its claims stay unbound and the "
     "pods pending.",
     "mark a StorageClass as default, or switch persistence off by a value of the chart"},
    {"gateway-api", "storage", "the Gateway API's CRDs are there",
     "Gateways and waypoints are objects of the Gateway API, which is installed beside the mesh. "
     "Old bundles lack kinds that newer meshes watch.",
     "install the bundle from the Gateway API's releases, standard channel"},

    {"release-pending", "releases", "no release is stuck half-way",
     "A helm that was killed leaves its release pending; every later upgrade refuses.",
     "weft mesh recover MESH"},
    {"release-foreign", "releases", "the installation is managed by weft",
     "What helm, istioctl or an operator has installed is shown, but not changed unasked.",
     "take it over with --adopt"},
    {"release-name", "releases", "release names are free or this mesh's",
     "A release of the name with another chart belongs to something else.",
     "uninstall that release, or rename it"},

    {"upgrade-path", "upgrade", "the upgrade is one that the mesh supports",
     "Meshes promise upgrades over one minor version, seldom over more. Downgrades are promised "
     "by none.",
     "upgrade in steps, one minor version at a time"},
    {"version-support", "upgrade", "the version is maintained",
     "After its end of life a version gets no security fixes.",
     "choose a newer version: weft mesh show MESH lists them"},
    {"project-state", "upgrade", "the project is alive",
     "Archived projects still install, but nobody fixes them.",
     "plan a move; weft mesh show MESH names the successor"},

    {"certificate-anchor", "certificates", "the trust anchors are good for 60 days and more",
     "Every proxy trusts the anchors. When they end, nothing can talk to anything and all of them "
     "must be replaced everywhere at once.",
     "add a new anchor to the bundle, restart the workloads, change the issuer, then drop the old "
     "one"},
    {"certificate-issuer", "certificates", "the issuer is right and good for 60 days and more",
     "The control plane signs the proxies' certificates with it: its key must be its own, it must "
     "be a certificate authority, and lead to an anchor.",
     "sign a new issuer with the root key and replace the Secret"},
    {"certificate-webhook", "certificates", "webhooks trust what their services show",
     "The API server calls a webhook only if the caBundle in its configuration signs the "
     "certificate of the service. An empty or ended bundle fails every call.",
     "restart the control plane, which writes the bundle; if that does not help, upgrade the mesh"},

    {"component-ready", "control plane", "every component is ready",
     "Workloads of the control plane by the status their controllers report.",
     "kubectl describe the workload and its pods"},
    {"component-version", "control plane", "all components run one version",
     "Components of different versions are seen during an upgrade and after a failed one.",
     "finish the upgrade: weft upgrade MESH, or weft mesh recover MESH"},

    {"proxy-skew", "data plane", "proxies fit the control plane",
     "A proxy may trail the control plane by what the mesh promises, and must never be ahead.",
     "restart the workloads that carry old proxies: kubectl rollout restart"},
    {"proxy-missing", "data plane", "pods of onboarded namespaces carry the proxy",
     "Pods that were started before their namespace joined stay outside the mesh, without mutual "
     "TLS and without policy, until they are restarted.",
     "restart their workloads: kubectl rollout restart"},
    {"proxy-unexpected", "data plane", "pods outside the mesh carry no proxy",
     "Pods of a namespace that has left the mesh keep the proxy until they are restarted, and lose "
     "traffic once the control plane is gone.",
     "restart their workloads: kubectl rollout restart"},
    {"proxy-ready", "data plane", "proxies are ready",
     "A proxy that is not ready takes its pod out of service.",
     "look at the proxy's log: kubectl logs POD -c CONTAINER"},

    {"webhook-endpoints", "leftovers", "every admission webhook has somebody who answers",
     "A webhook whose Service is gone or has no ready endpoints, and whose failure policy is Fail, "
     "blocks every request it is registered for: often no pod can be created any more. Webhooks of "
     "meshes long uninstalled are the usual cause. All webhooks of the cluster are looked at.",
     "if its owner is gone, delete the configuration: kubectl delete"},
    {"leftover", "leftovers", "nothing is left of meshes that are gone",
     "CRDs, webhooks and namespaces of a mesh without control plane.",
     "weft uninstall MESH --purge removes what the catalogue lists"},
};

}  // namespace

std::span<const Check> checks() { return kChecks; }

}  // namespace weft::mesh
