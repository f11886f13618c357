// One Kubernetes object of the input, with its place in a file, and the kinds that rules know.
#pragma once

#include <string>
#include <string_view>

#include "lib/doc/value.h"
#include "lib/rules/fields.h"

namespace weft::rules {

// Identifies a kind whatever version an object is written in.
struct GroupKind {
  std::string_view group;  // "" for the core group
  std::string_view kind;
  friend bool operator==(const GroupKind&, const GroupKind&) = default;
};

struct Resource {
  const doc::Document* document = nullptr;
  const Value* root = nullptr;  // the object: the document itself, or one item of a List in it
  std::string_view group;
  std::string_view version;
  std::string_view kind;
  std::string_view ns;    // as written, else the default; "" for kinds that have none
  std::string_view name;  // "" when only generateName is given
  const Value* spec = nullptr;
  const Value* label_map = nullptr;
  const Value* annotation_map = nullptr;
  bool is_live = false;  // read from a cluster, not from a file

  bool is(const GroupKind& what) const { return kind == what.kind && group == what.group; }
  const Value* labels() const { return label_map; }
  const Value* annotations() const { return annotation_map; }
  std::string_view label(std::string_view key) const { return text(get(labels(), key)); }
  std::string_view annotation(std::string_view key) const { return text(get(annotations(), key)); }
  // "VirtualService shop/reviews", "Namespace shop".
  std::string title() const;
  // "shop/reviews", "shop".
  std::string full_name() const;
};

// True for kinds that live outside namespaces.
bool is_cluster_scoped(std::string_view group, std::string_view kind);

namespace kinds {

inline constexpr GroupKind config_map{"", "ConfigMap"};
inline constexpr GroupKind ns{"", "Namespace"};
inline constexpr GroupKind pod{"", "Pod"};
inline constexpr GroupKind secret{"", "Secret"};
inline constexpr GroupKind service{"", "Service"};
inline constexpr GroupKind service_account{"", "ServiceAccount"};
inline constexpr GroupKind deployment{"apps", "Deployment"};
inline constexpr GroupKind crd{"apiextensions.k8s.io", "CustomResourceDefinition"};
inline constexpr GroupKind mutating_webhook{"admissionregistration.k8s.io",
                                            "MutatingWebhookConfiguration"};
inline constexpr GroupKind validating_webhook{"admissionregistration.k8s.io",
                                              "ValidatingWebhookConfiguration"};

inline constexpr GroupKind virtual_service{"networking.istio.io", "VirtualService"};
inline constexpr GroupKind destination_rule{"networking.istio.io", "DestinationRule"};
inline constexpr GroupKind istio_gateway{"networking.istio.io", "Gateway"};
inline constexpr GroupKind service_entry{"networking.istio.io", "ServiceEntry"};
inline constexpr GroupKind workload_entry{"networking.istio.io", "WorkloadEntry"};
inline constexpr GroupKind workload_group{"networking.istio.io", "WorkloadGroup"};
inline constexpr GroupKind sidecar{"networking.istio.io", "Sidecar"};
inline constexpr GroupKind envoy_filter{"networking.istio.io", "EnvoyFilter"};
inline constexpr GroupKind authorization_policy{"security.istio.io", "AuthorizationPolicy"};
inline constexpr GroupKind peer_authentication{"security.istio.io", "PeerAuthentication"};
inline constexpr GroupKind request_authentication{"security.istio.io", "RequestAuthentication"};
inline constexpr GroupKind telemetry{"telemetry.istio.io", "Telemetry"};
inline constexpr GroupKind wasm_plugin{"extensions.istio.io", "WasmPlugin"};

inline constexpr GroupKind gateway{"gateway.networking.k8s.io", "Gateway"};
inline constexpr GroupKind gateway_class{"gateway.networking.k8s.io", "GatewayClass"};
inline constexpr GroupKind http_route{"gateway.networking.k8s.io", "HTTPRoute"};
inline constexpr GroupKind grpc_route{"gateway.networking.k8s.io", "GRPCRoute"};
inline constexpr GroupKind reference_grant{"gateway.networking.k8s.io", "ReferenceGrant"};

inline constexpr GroupKind linkerd_server{"policy.linkerd.io", "Server"};
inline constexpr GroupKind linkerd_policy{"policy.linkerd.io", "AuthorizationPolicy"};
inline constexpr GroupKind linkerd_mesh_tls{"policy.linkerd.io", "MeshTLSAuthentication"};
inline constexpr GroupKind linkerd_network{"policy.linkerd.io", "NetworkAuthentication"};
inline constexpr GroupKind service_profile{"linkerd.io", "ServiceProfile"};

inline constexpr GroupKind kuma_mesh{"kuma.io", "Mesh"};
inline constexpr GroupKind traffic_split{"split.smi-spec.io", "TrafficSplit"};
inline constexpr GroupKind traffic_target{"access.smi-spec.io", "TrafficTarget"};
inline constexpr GroupKind http_route_group{"specs.smi-spec.io", "HTTPRouteGroup"};

}  // namespace kinds
}  // namespace weft::rules
