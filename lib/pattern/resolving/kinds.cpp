#include "lib/pattern/resolving/kinds.h"

#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/kube/object.h"
#include "lib/schema/builtin.h"

namespace weft::pattern {
namespace {

struct GroupVersion {
  std::string_view group;
  std::string_view version;
};
// Where it is not v1.
constexpr GroupVersion kVersions[] = {{"autoscaling", "v2"}};

struct Row {
  std::string_view kind;
  std::string_view api_version;
  bool namespaced;
};
constexpr Row kMore[] = {
    {"PodTemplate", "v1", true},
    {"PodSecurityPolicy", "policy/v1beta1", false},
    {"RuntimeClass", "node.k8s.io/v1", false},
    {"CSINode", "storage.k8s.io/v1", false},
    {"VolumeAttachment", "storage.k8s.io/v1", false},
    {"FlowSchema", "flowcontrol.apiserver.k8s.io/v1", false},
    {"PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1", false},
    {"CertificateSigningRequest", "certificates.k8s.io/v1", false},
    {"IstioOperator", "install.istio.io/v1alpha1", true},
    {"Mesh", "appmesh.k8s.aws/v1beta2", false},
    {"VirtualNode", "appmesh.k8s.aws/v1beta2", true},
    {"VirtualRouter", "appmesh.k8s.aws/v1beta2", true},
    {"VirtualService", "appmesh.k8s.aws/v1beta2", true},
    {"VirtualGateway", "appmesh.k8s.aws/v1beta2", true},
    {"GatewayRoute", "appmesh.k8s.aws/v1beta2", true},
    {"BackendGroup", "appmesh.k8s.aws/v1beta2", true},
    {"IngressRoute", "traefik.io/v1alpha1", true},
    {"Middleware", "traefik.io/v1alpha1", true},
    {"CircuitBreaker", "specs.smi.nginx.com/v1alpha1", true},
    {"RateLimit", "specs.smi.nginx.com/v1alpha1", true},
    {"SpiffeID", "spiffeid.spiffe.io/v1beta1", true},
    {"MeshConfig", "config.openservicemesh.io/v1alpha2", true},
    {"MeshRootCertificate", "config.openservicemesh.io/v1alpha2", true},
    {"Egress", "policy.openservicemesh.io/v1alpha1", true},
    {"IngressBackend", "policy.openservicemesh.io/v1alpha1", true},
    {"Retry", "policy.openservicemesh.io/v1alpha1", true},
    {"UpstreamTrafficSetting", "policy.openservicemesh.io/v1alpha1", true},
    {"CiliumNetworkPolicy", "cilium.io/v2", true},
    {"CiliumClusterwideNetworkPolicy", "cilium.io/v2", false},
    {"CiliumEnvoyConfig", "cilium.io/v2", true},
    {"CiliumClusterwideEnvoyConfig", "cilium.io/v2", false},
    {"CiliumLocalRedirectPolicy", "cilium.io/v2", true},
};

constexpr std::array<std::string_view, 17> kNoSpec = {"ConfigMap",
                                                      "Secret",
                                                      "ServiceAccount",
                                                      "Role",
                                                      "ClusterRole",
                                                      "RoleBinding",
                                                      "ClusterRoleBinding",
                                                      "StorageClass",
                                                      "PriorityClass",
                                                      "RuntimeClass",
                                                      "Endpoints",
                                                      "EndpointSlice",
                                                      "Event",
                                                      "ControllerRevision",
                                                      "PodTemplate",
                                                      "MutatingWebhookConfiguration",
                                                      "ValidatingWebhookConfiguration"};

// v1 before v1beta1 before v1alpha3 before v1alpha1; v2 before v1.
int rank(std::string_view version) {
  const bool alpha = version.find("alpha") != std::string_view::npos;
  const bool beta = version.find("beta") != std::string_view::npos;
  const int major = version.size() > 1 && version[0] == 'v' ? version[1] - '0' : 0;
  const int minor = (alpha || beta) && !version.empty() ? version.back() - '0' : 0;
  return (alpha ? 0 : beta ? 1000 : 2000) + major * 10 + minor;
}

// The order among meshes that have a kind of the same name: what an unqualified name meant in the
// patterns of 2021 comes first.
int order_of(std::string_view group) {
  constexpr std::array<std::string_view, 5> kOrder = {"istio.io", "gateway.networking.k8s.io",
                                                      "linkerd.io", "smi-spec.io", "kuma.io"};
  for (std::size_t i = 0; i < kOrder.size(); ++i)
    if (group.ends_with(kOrder[i])) return static_cast<int>(i);
  return static_cast<int>(kOrder.size());
}

bool is_cluster_wide(const schema::KindName& name) {
  return name.kind == "GatewayClass" || (name.group == "kuma.io" && name.kind == "Mesh") ||
         name.kind == "ProxyTemplate";
}

std::vector<schema::KindName> mesh_kinds() {
  auto names = schema::builtin_names();
  std::stable_sort(names.begin(), names.end(), [](const auto& a, const auto& b) {
    const int first = order_of(a.group), second = order_of(b.group);
    return first != second ? first < second : rank(a.version) > rank(b.version);
  });
  return names;
}

std::string api_version(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : fmt::format("{}/{}", group, version);
}

}  // namespace

std::vector<BuiltinKind> builtin_kinds() {
  std::vector<BuiltinKind> out;
  for (const kube::Kind& kind : kube::known_kinds()) {
    if (kind.group == "gateway.networking.k8s.io" || kind.kind == "PodSecurityPolicy") continue;
    std::string_view version = "v1";
    for (const GroupVersion& row : kVersions)
      if (row.group == kind.group) version = row.version;
    out.push_back({std::string(kind.kind), api_version(kind.group, version), kind.namespaced});
  }
  for (const schema::KindName& name : mesh_kinds())
    out.push_back({name.kind, api_version(name.group, name.version), !is_cluster_wide(name)});
  for (const Row& row : kMore)
    out.push_back({std::string(row.kind), std::string(row.api_version), row.namespaced});
  return out;
}

bool has_no_spec(std::string_view kind) {
  return std::find(kNoSpec.begin(), kNoSpec.end(), kind) != kNoSpec.end();
}

}  // namespace weft::pattern
