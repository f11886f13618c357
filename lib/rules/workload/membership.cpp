#include "lib/rules/workload/membership.h"

#include <algorithm>

namespace weft::rules {
namespace {

constexpr std::string_view kProxies[] = {"istio-proxy",
                                         "istio-init",
                                         "istio-validation",
                                         "linkerd-proxy",
                                         "linkerd-init",
                                         "kuma-sidecar",
                                         "kuma-init",
                                         "kuma-validation",
                                         "consul-dataplane",
                                         "envoy-sidecar",
                                         "consul-connect-inject-init"};

// A mesh whose injector goes by one key, as a label or an annotation, on pods and namespaces.
struct Switch {
  std::string_view mesh;
  std::string_view pod_key;
  std::string_view namespace_key;  // "": only pods can ask
  std::string_view proxy;
};

constexpr Switch kSwitches[] = {
    {"Linkerd", "linkerd.io/inject", "linkerd.io/inject", "linkerd-proxy"},
    {"Kuma", "kuma.io/sidecar-injection", "kuma.io/sidecar-injection", "kuma-sidecar"},
    {"Consul", "consul.hashicorp.com/connect-inject", "", "consul-dataplane"},
};

bool is_on(std::string_view value) {
  return value == "enabled" || value == "true" || value == "ingress";
}

template <typename Object>
std::string_view label_or_annotation(const Object& object, std::string_view key) {
  const std::string_view label = object.label(key);
  return label.empty() ? object.annotation(key) : label;
}

bool takes(const Inventory& in, const Workload& workload, const Switch& mesh) {
  if (workload.container(mesh.proxy) != nullptr) return true;
  if (is_true(get(workload.pod, "hostNetwork"))) return false;
  const std::string_view own = label_or_annotation(workload, mesh.pod_key);
  if (!own.empty()) return is_on(own);
  const Resource* ns = in.ns(workload.resource->ns);
  return ns != nullptr && !mesh.namespace_key.empty() &&
         is_on(label_or_annotation(*ns, mesh.namespace_key));
}

}  // namespace

std::vector<std::string_view> meshes_of(const Inventory& in, const Workload& workload) {
  std::vector<std::string_view> all;
  if (in.in_istio(workload) == InMesh::yes) all.emplace_back("Istio");
  for (const Switch& mesh : kSwitches)
    if (takes(in, workload, mesh)) all.push_back(mesh.mesh);
  return all;
}

std::string_view mesh_of(const Inventory& in, const Workload& workload) {
  const auto all = meshes_of(in, workload);
  return all.empty() ? std::string_view() : all.front();
}

bool is_proxy_container(const Value& container) {
  const std::string_view name = text(get(&container, "name"));
  return std::find(std::begin(kProxies), std::end(kProxies), name) != std::end(kProxies);
}

std::vector<const Value*> app_containers(const Workload& workload) {
  const auto containers = workload.containers();
  std::vector<const Value*> all(containers.begin(), containers.end());
  std::erase_if(all, [](const Value* container) { return is_proxy_container(*container); });
  return all;
}

bool is_injected_namespace(const Resource& ns) {
  if (ns.label("istio-injection") == "enabled") return true;
  if (ns.label("istio-injection").empty() && !ns.label("istio.io/rev").empty() &&
      ns.label("istio.io/dataplane-mode").empty())
    return true;
  return std::any_of(std::begin(kSwitches), std::end(kSwitches), [&](const Switch& mesh) {
    return !mesh.namespace_key.empty() && is_on(label_or_annotation(ns, mesh.namespace_key));
  });
}

}  // namespace weft::rules
