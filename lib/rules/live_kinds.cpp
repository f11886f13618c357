#include "lib/rules/live_kinds.h"

namespace weft::rules {
namespace {

struct MeshMark {
  std::string_view suffix;  // of the domain
  std::string_view mesh;
};

constexpr MeshMark kMeshes[] = {
    {"istio.io", "Istio"},
    {"linkerd.io", "Linkerd"},
    {"kuma.io", "Kuma"},
    {"consul.hashicorp.com", "Consul"},
    {"smi-spec.io", "SMI"},
    {"openservicemesh.io", "OSM"},
    {"mesh.traefik.io", "Traefik Mesh"},
    {"cilium.io", "Cilium"},
};

}  // namespace

std::vector<std::string> live_resources() {
  return {"configmaps",
          "namespaces",
          "pods",
          "replicationcontrollers",
          "secrets",
          "serviceaccounts",
          "services",
          "customresourcedefinitions.apiextensions.k8s.io",
          "cronjobs.batch",
          "daemonsets.apps",
          "deployments.apps",
          "horizontalpodautoscalers.autoscaling",
          "ingresses.networking.k8s.io",
          "jobs.batch",
          "mutatingwebhookconfigurations.admissionregistration.k8s.io",
          "networkpolicies.networking.k8s.io",
          "poddisruptionbudgets.policy",
          "statefulsets.apps",
          "validatingwebhookconfigurations.admissionregistration.k8s.io"};
}

std::string_view mesh_of_domain(std::string_view domain) {
  for (const MeshMark& mark : kMeshes)
    if (domain.ends_with(mark.suffix)) return mark.mesh;
  return {};
}

bool is_mesh_group(std::string_view group) {
  return group == "gateway.networking.k8s.io" || !mesh_of_domain(group).empty();
}

bool is_system_namespace(std::string_view ns) {
  return ns == "kube-system" || ns == "kube-public" || ns == "kube-node-lease";
}

}  // namespace weft::rules
