// The reference mesh of a cluster, from its objects.
#include <algorithm>

#include "lib/base/format.h"
#include "lib/conform/reference_mesh.h"

namespace weft::conform {
namespace {

using doc::Value;
using kube::Object;
using kube::Objects;

bool has_proxy(const Object& pod) {
  const auto is_proxy = [](const Value& one) {
    return kube::text_at(one, {"name"}) == kProxyContainer;
  };
  return std::ranges::any_of(kube::list_at(pod, {"spec", "containers"}), is_proxy) ||
         std::ranges::any_of(kube::list_at(pod, {"spec", "initContainers"}), is_proxy);
}

MeshPod pod_of(const Object& object) {
  MeshPod out{.name = std::string(kube::name_of(object)),
              .address = std::string(kube::text_at(object, {"status", "podIP"})),
              .account = std::string(kube::text_at(object, {"spec", "serviceAccountName"})),
              .labels = {},
              .outside = !has_proxy(object),
              .ns = std::string(kube::namespace_of(object))};
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

// The name that the namespace's own begins with, as far as there is one: "run-1" of
// "run-1-consumer".
std::string mesh_of(const std::string& ns, const std::set<std::string>& all) {
  for (const std::string& one : all)
    if (ns.starts_with(one + "-")) return one;
  return ns;
}

Mtls mtls_of(std::string_view word) {
  if (word == "strict" || word == "STRICT") return Mtls::strict;
  return word == "permissive" || word == "PERMISSIVE" ? Mtls::permissive : Mtls::any;
}

// What objects of Istio say about all pods of a namespace.
void follow_istio(const Object& object, MeshOptions& out) {
  const Value* spec = object.find("spec");
  if (spec == nullptr || spec->find("selector") != nullptr) return;
  const kube::Ref ref = kube::ref_of(object);
  if (ref.kind == "PeerAuthentication") out.mtls = mtls_of(kube::text_at(*spec, {"mtls", "mode"}));
  if (ref.kind == "AuthorizationPolicy" && spec->size() == 0) out.deny = true;
}

std::set<Speech> every_speech() {
  std::set<Speech> out;
  for (const SpeechRow& row : speeches()) out.insert(row.speech);
  return out;
}

}  // namespace

ReferenceCluster reference_cluster(const Objects& objects, const std::set<std::string>& broken) {
  std::set<std::string> spaces;
  std::map<std::string, MeshOptions> meshes;
  std::map<std::string, std::vector<MeshPod>> pods;
  for (const Object& object : objects)
    if (kube::ref_of(object).kind == "Namespace") spaces.emplace(kube::name_of(object));
  for (const Object& object : objects) {
    const kube::Ref ref = kube::ref_of(object);
    if (ref.kind == "Namespace" && mesh_of(ref.name, spaces) == ref.name)
      meshes[ref.name] = {.broken = broken,
                          .deny = !kube::label_of(object, kDenyLabel).empty(),
                          .capture = Capture::redirected,
                          .ns = ref.name,
                          .mtls = mtls_of(kube::label_of(object, kMtlsLabel)),
                          .certificates = std::string(kProxyFolder),
                          .speeches = every_speech()};
    if (ref.kind == "Pod" && lives(object)) pods[mesh_of(ref.ns, spaces)].push_back(pod_of(object));
  }
  for (const Object& object : objects)
    if (const kube::Ref ref = kube::ref_of(object); ref.group == "security.istio.io")
      follow_istio(object, meshes[mesh_of(ref.ns, spaces)]);
  ReferenceCluster out;
  for (auto& [ns, members] : pods) {
    ReferenceMesh mesh(meshes[ns]);
    mesh.set_pods(members);
    for (const Object& object : objects)
      if (mesh_of(std::string(kube::namespace_of(object)), spaces) == ns) mesh.put(object);
    for (const MeshPod& pod : members)
      if (!pod.outside)
        out.proxies[pod.ns + "/" + pod.name] = nginx_config(
            std::string(kProxyFolder), "proxy", mesh.config(pod.name), mesh.streams(pod.name));
    for (const char* kind : {"HTTPRoute", "GRPCRoute"})
      for (const Object* route : mesh.all(kind))
        if (const auto seen = mesh.get(kube::ref_of(*route)); seen && seen->find("status"))
          out.routes[fmt::format("{}/{}/{}", kind, kube::namespace_of(*route),
                                 kube::name_of(*route))] = *seen->find("status");
  }
  return out;
}

}  // namespace weft::conform
