#include <algorithm>

#include "lib/base/text.h"
#include "lib/kube/object.h"

namespace weft::kube {
namespace {

constexpr Kind kKinds[] = {
    {"", "ConfigMap", "configmaps", true},
    {"", "Endpoints", "endpoints", true},
    {"", "Event", "events", true},
    {"", "LimitRange", "limitranges", true},
    {"", "Namespace", "namespaces", false},
    {"", "Node", "nodes", false},
    {"", "PersistentVolume", "persistentvolumes", false},
    {"", "PersistentVolumeClaim", "persistentvolumeclaims", true},
    {"", "Pod", "pods", true},
    {"", "ReplicationController", "replicationcontrollers", true},
    {"", "ResourceQuota", "resourcequotas", true},
    {"", "Secret", "secrets", true},
    {"", "Service", "services", true},
    {"", "ServiceAccount", "serviceaccounts", true},
    {"admissionregistration.k8s.io", "MutatingWebhookConfiguration",
     "mutatingwebhookconfigurations", false},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicy", "validatingadmissionpolicies",
     false},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding",
     "validatingadmissionpolicybindings", false},
    {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration",
     "validatingwebhookconfigurations", false},
    {"apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", false},
    {"apiregistration.k8s.io", "APIService", "apiservices", false},
    {"apps", "ControllerRevision", "controllerrevisions", true},
    {"apps", "DaemonSet", "daemonsets", true},
    {"apps", "Deployment", "deployments", true},
    {"apps", "ReplicaSet", "replicasets", true},
    {"apps", "StatefulSet", "statefulsets", true},
    {"autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true},
    {"batch", "CronJob", "cronjobs", true},
    {"batch", "Job", "jobs", true},
    {"coordination.k8s.io", "Lease", "leases", true},
    {"discovery.k8s.io", "EndpointSlice", "endpointslices", true},
    {"gateway.networking.k8s.io", "Gateway", "gateways", true},
    {"gateway.networking.k8s.io", "GatewayClass", "gatewayclasses", false},
    {"gateway.networking.k8s.io", "GRPCRoute", "grpcroutes", true},
    {"gateway.networking.k8s.io", "HTTPRoute", "httproutes", true},
    {"networking.k8s.io", "Ingress", "ingresses", true},
    {"networking.k8s.io", "IngressClass", "ingressclasses", false},
    {"networking.k8s.io", "NetworkPolicy", "networkpolicies", true},
    {"policy", "PodDisruptionBudget", "poddisruptionbudgets", true},
    {"policy", "PodSecurityPolicy", "podsecuritypolicies", false},
    {"rbac.authorization.k8s.io", "ClusterRole", "clusterroles", false},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings", false},
    {"rbac.authorization.k8s.io", "Role", "roles", true},
    {"rbac.authorization.k8s.io", "RoleBinding", "rolebindings", true},
    {"scheduling.k8s.io", "PriorityClass", "priorityclasses", false},
    {"storage.k8s.io", "CSIDriver", "csidrivers", false},
    {"storage.k8s.io", "StorageClass", "storageclasses", false},
};

bool ends_in_one_of(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [text](std::string_view ending) { return text.ends_with(ending); });
}

bool is_namespaced(const Ref& ref, const Objects& crds) {
  if (const Kind* known = find_kind(ref.group, ref.kind)) return known->namespaced;
  for (const Object& crd : crds)
    if (text_at(crd, {"spec", "group"}) == ref.group &&
        text_at(crd, {"spec", "names", "kind"}) == ref.kind)
      return text_at(crd, {"spec", "scope"}) != "Cluster";
  return true;
}

}  // namespace

void fill_namespace(Objects& objects, std::string_view ns, const Objects& crds) {
  for (Object& object : objects) {
    const Ref ref = ref_of(object);
    doc::Value* metadata = object.find("metadata");
    if (ref.ns.empty() && metadata != nullptr && is_namespaced(ref, crds))
      metadata->set("namespace", ns);
  }
}

std::span<const Kind> known_kinds() { return kKinds; }

const Kind* find_kind(std::string_view group, std::string_view kind) {
  const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& row) {
    return row.group == group && row.kind == kind;
  });
  return found == std::end(kKinds) ? nullptr : found;
}

std::string plural_of(std::string_view group, std::string_view kind) {
  if (const Kind* known = find_kind(group, kind)) return std::string(known->plural);
  std::string word = base::lower(kind);
  if (ends_in_one_of(word, {"s", "x", "ch", "sh"})) return word + "es";
  if (word.ends_with('y') && !ends_in_one_of(word, {"ay", "ey", "oy", "uy"}))
    return word.substr(0, word.size() - 1) + "ies";
  return word + 's';
}

}  // namespace weft::kube
