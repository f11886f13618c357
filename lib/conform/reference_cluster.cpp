// The reference mesh of a cluster, from its objects.
#include <algorithm>

#include "lib/base/format.h"
#include "lib/conform/reference_mesh.h"

namespace weft::conform {
namespace {

using kube::Object;
using kube::Objects;

bool has_proxy(const Object& pod) {
  return std::ranges::any_of(kube::list_at(pod, {"spec", "containers"}), [](const auto& one) {
    return kube::text_at(one, {"name"}) == kProxyContainer;
  });
}

MeshPod pod_of(const Object& object) {
  MeshPod out{.name = std::string(kube::name_of(object)),
              .address = std::string(kube::text_at(object, {"status", "podIP"})),
              .account = std::string(kube::text_at(object, {"spec", "serviceAccountName"})),
              .labels = {},
              .outside = !has_proxy(object)};
  if (const auto* labels = kube::at(object, {"metadata", "labels"});
      labels != nullptr && labels->is_map())
    for (const doc::Member& label : labels->members())
      if (label.value.is_string()) out.labels[label.key] = label.value.string();
  return out;
}

// A pod that is being deleted, or has no address yet, is no part of the mesh.
bool lives(const Object& pod) {
  return kube::at(pod, {"metadata", "deletionTimestamp"}) == nullptr &&
         !kube::text_at(pod, {"status", "podIP"}).empty();
}

}  // namespace

std::map<std::string, std::string> reference_proxies(const Objects& objects,
                                                     const std::set<std::string>& broken) {
  std::set<std::string> denying;
  std::map<std::string, std::vector<MeshPod>> pods;
  for (const Object& object : objects) {
    const kube::Ref ref = kube::ref_of(object);
    if (ref.kind == "Namespace" && !kube::label_of(object, kDenyLabel).empty())
      denying.insert(ref.name);
    if (ref.kind == "Pod" && lives(object)) pods[ref.ns].push_back(pod_of(object));
  }
  std::map<std::string, std::string> out;
  for (auto& [ns, members] : pods) {
    ReferenceMesh mesh(
        {.broken = broken, .deny = denying.contains(ns), .capture = Capture::redirected, .ns = ns});
    mesh.set_pods(members);
    for (const Object& object : objects)
      if (kube::namespace_of(object) == ns) mesh.put(object);
    for (const MeshPod& pod : members)
      if (!pod.outside)
        out[ns + "/" + pod.name] = nginx_config("/run", "proxy", mesh.config(pod.name));
  }
  return out;
}

}  // namespace weft::conform
