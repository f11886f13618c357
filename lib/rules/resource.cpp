#include "lib/rules/resource.h"

#include <algorithm>

#include "lib/base/format.h"

namespace weft::rules {
namespace {

constexpr GroupKind kClusterScoped[] = {
    {"", "Namespace"},
    {"", "Node"},
    {"", "PersistentVolume"},
    {"admissionregistration.k8s.io", "MutatingWebhookConfiguration"},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicy"},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"},
    {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration"},
    {"apiextensions.k8s.io", "CustomResourceDefinition"},
    {"apiregistration.k8s.io", "APIService"},
    {"cilium.io", "CiliumClusterwideNetworkPolicy"},
    {"gateway.networking.k8s.io", "GatewayClass"},
    {"kuma.io", "Mesh"},
    {"kuma.io", "Zone"},
    {"networking.k8s.io", "IngressClass"},
    {"policy", "PodSecurityPolicy"},
    {"rbac.authorization.k8s.io", "ClusterRole"},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding"},
    {"scheduling.k8s.io", "PriorityClass"},
    {"storage.k8s.io", "CSIDriver"},
    {"storage.k8s.io", "StorageClass"},
};

}  // namespace

bool is_cluster_scoped(std::string_view group, std::string_view kind) {
  const GroupKind what{group, kind};
  return std::find(std::begin(kClusterScoped), std::end(kClusterScoped), what) !=
         std::end(kClusterScoped);
}

std::string Resource::full_name() const {
  const std::string_view shown = name.empty() ? text(get(root, "metadata", "generateName")) : name;
  return ns.empty() ? std::string(shown) : fmt::format("{}/{}", ns, shown);
}

std::string Resource::title() const { return fmt::format("{} {}", kind, full_name()); }

}  // namespace weft::rules
