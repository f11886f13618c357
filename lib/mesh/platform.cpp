#include "lib/mesh/platform.h"

#include <algorithm>

#include "lib/kube/object.h"

namespace weft::mesh {
namespace {

struct NodeSign {
  std::string_view platform;
  std::string_view label;    // a key that its nodes carry, or
  std::string_view prefix;   // how their names begin, or
  std::string_view version;  // a part of kubelet's version
};

// The narrower before the wider: k3d runs k3s.
constexpr NodeSign kSigns[] = {
    {"gke", "cloud.google.com/gke-nodepool", "", "-gke."},
    {"eks", "eks.amazonaws.com/nodegroup", "", "-eks-"},
    {"aks", "kubernetes.azure.com/cluster", "", ""},
    {"k3d", "", "k3d-", ""},
    {"k3s", "k3s.io/hostname", "", "+k3s"},
    {"microk8s", "microk8s.io/cluster", "", ""},
    {"minikube", "minikube.k8s.io/name", "", ""},
    {"openshift", "node.openshift.io/os_id", "", ""},
    {"kind", "", "kind-", ""},
};

bool shows(const kube::Object& node, const NodeSign& sign) {
  if (!sign.label.empty() && !kube::label_of(node, sign.label).empty()) return true;
  if (!sign.prefix.empty() && kube::name_of(node).starts_with(sign.prefix)) return true;
  const auto version = kube::text_at(node, {"status", "nodeInfo", "kubeletVersion"});
  return !sign.version.empty() && version.find(sign.version) != std::string_view::npos;
}

bool has_group(const Snapshot& snapshot, std::string_view group) {
  return std::ranges::find(snapshot.api_groups, group) != snapshot.api_groups.end();
}

}  // namespace

std::string platform_of(const Snapshot& snapshot) {
  if (has_group(snapshot, "config.openshift.io")) return "openshift";
  for (const NodeSign& sign : kSigns)
    for (const auto& node : snapshot.nodes)
      if (shows(node, sign)) return std::string(sign.platform);
  return "";
}

bool has_gateway_api(const Snapshot& snapshot) {
  return has_group(snapshot, "gateway.networking.k8s.io") || snapshot.gateway_crd.has_value();
}

std::set<std::string> traits_of(const Snapshot& snapshot) {
  std::set<std::string> traits;
  if (snapshot.knows(Part::api_groups) || snapshot.knows(Part::gateway_api))
    traits.insert(has_gateway_api(snapshot) ? "gateway-api-present" : "gateway-api-absent");
  const std::string platform = platform_of(snapshot);
  if (!platform.empty()) traits.insert("platform=" + platform);
  return traits;
}

namespace {

// "platform=k3s" is settled by any "platform=..." that was asked for.
bool is_settled(const std::vector<std::string>& asked, std::string_view name) {
  const auto setting = name.substr(0, name.find('='));
  return std::ranges::any_of(
      asked, [setting](std::string_view one) { return one.substr(0, one.find('=')) == setting; });
}

}  // namespace

void add_automatic(const Mesh& mesh, const std::set<std::string>& traits, Request& request) {
  for (const Feature& feature : mesh.features) {
    if (feature.automatic.empty() || !traits.contains(feature.automatic)) continue;
    const std::string mode =
        request.mode.empty() && !mesh.modes.empty() ? mesh.modes.front().name : request.mode;
    const bool fits = feature.modes.empty() || std::ranges::count(feature.modes, mode) > 0;
    if (fits && !is_settled(request.features, feature.name))
      request.features.push_back(feature.name);
  }
}

}  // namespace weft::mesh
