#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Removed {
  std::string_view api;
  std::string_view kinds;  // separated by spaces; "*" is all of them
  std::string_view since;
  std::string_view instead;
};

// The deprecation guide of Kubernetes, to 1.32.
constexpr Removed kRemoved[] = {
    {"admissionregistration.k8s.io/v1beta1",
     "MutatingWebhookConfiguration ValidatingWebhookConfiguration", "1.22",
     "admissionregistration.k8s.io/v1"},
    {"apiextensions.k8s.io/v1beta1", "*", "1.22", "apiextensions.k8s.io/v1"},
    {"apiregistration.k8s.io/v1beta1", "*", "1.22", "apiregistration.k8s.io/v1"},
    {"apps/v1beta1", "*", "1.16", "apps/v1"},
    {"apps/v1beta2", "*", "1.16", "apps/v1"},
    {"autoscaling/v2beta1", "*", "1.25", "autoscaling/v2"},
    {"autoscaling/v2beta2", "*", "1.26", "autoscaling/v2"},
    {"batch/v1beta1", "CronJob", "1.25", "batch/v1"},
    {"batch/v2alpha1", "CronJob", "1.21", "batch/v1"},
    {"certificates.k8s.io/v1beta1", "CertificateSigningRequest", "1.22", "certificates.k8s.io/v1"},
    {"coordination.k8s.io/v1beta1", "Lease", "1.22", "coordination.k8s.io/v1"},
    {"discovery.k8s.io/v1beta1", "EndpointSlice", "1.25", "discovery.k8s.io/v1"},
    {"events.k8s.io/v1beta1", "Event", "1.25", "events.k8s.io/v1"},
    {"extensions/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"},
    {"extensions/v1beta1", "NetworkPolicy", "1.16", "networking.k8s.io/v1"},
    {"extensions/v1beta1", "Deployment DaemonSet ReplicaSet", "1.16", "apps/v1"},
    {"extensions/v1beta1", "PodSecurityPolicy", "1.16", "labels of Pod Security on namespaces"},
    {"flowcontrol.apiserver.k8s.io/v1beta1", "*", "1.26", "flowcontrol.apiserver.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io/v1beta2", "*", "1.29", "flowcontrol.apiserver.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io/v1beta3", "*", "1.32", "flowcontrol.apiserver.k8s.io/v1"},
    {"networking.k8s.io/v1beta1", "Ingress IngressClass", "1.22", "networking.k8s.io/v1"},
    {"node.k8s.io/v1beta1", "RuntimeClass", "1.25", "node.k8s.io/v1"},
    {"policy/v1beta1", "PodDisruptionBudget", "1.25", "policy/v1"},
    {"policy/v1beta1", "PodSecurityPolicy", "1.25", "labels of Pod Security on namespaces"},
    {"rbac.authorization.k8s.io/v1alpha1", "*", "1.23", "rbac.authorization.k8s.io/v1"},
    {"rbac.authorization.k8s.io/v1beta1", "*", "1.22", "rbac.authorization.k8s.io/v1"},
    {"scheduling.k8s.io/v1beta1", "PriorityClass", "1.22", "scheduling.k8s.io/v1"},
    {"storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment", "1.22",
     "storage.k8s.io/v1"},
    {"storage.k8s.io/v1beta1", "CSIStorageCapacity", "1.27", "storage.k8s.io/v1"},
};

const Removed* removed(std::string_view api, std::string_view kind) {
  for (const Removed& entry : kRemoved) {
    if (entry.api != api) continue;
    const auto kinds = base::split(entry.kinds, ' ');
    if (entry.kinds == "*" || std::find(kinds.begin(), kinds.end(), kind) != kinds.end())
      return &entry;
  }
  return nullptr;
}

void check(const Inventory& in, Report& out) {
  for (const Resource& resource : in.all()) {
    const Value* api = get(resource.root, "apiVersion");
    const Removed* entry = removed(text(api), resource.kind);
    if (entry == nullptr) continue;
    out.add(resource, api,
            fmt::format("Kubernetes {} and later do not have {} of {}: use {}", entry->since,
                        resource.kind, entry->api, entry->instead))
        .with("version", entry->api);
  }
}

}  // namespace

Rule wd001() {
  return {.id = "WD001",
          .slug = "kubernetes-removed",
          .mesh = "all",
          .category = "deprecations",
          .title = "an object in a version that Kubernetes has removed",
          .why = "The API server of that release does not know it: kubectl apply fails.",
          .remedy =
              "write it in the version that the message names; fields may have changed, as in "
              "Ingress and HorizontalPodAutoscaler",
          .check = check};
}

}  // namespace weft::rules
