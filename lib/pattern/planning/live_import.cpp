#include "lib/pattern/planning/live_import.h"

#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/pattern/planning/inventory.h"

namespace weft::pattern {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

bool is_core(const kube::Object& object) { return kube::ref_of(object).group.empty(); }

// Labels and annotations by which a mesh takes in a namespace or is told about a service.
bool is_mesh_key(std::string_view key) {
  constexpr std::array<std::string_view, 7> kWords = {
      "istio", "linkerd", "openservicemesh", "consul", "kuma.io", "mesh.traefik.io", "appmesh"};
  return std::any_of(kWords.begin(), kWords.end(), [key](std::string_view word) {
    return key.find(word) != std::string_view::npos;
  });
}

Value chosen(const Value& map, const std::function<bool(std::string_view key)>& wanted) {
  Value out = Value::map();
  for (const doc::Member& member : map.members())
    if (wanted(member.key)) out.set(member.key, member.value);
  return out;
}

// Of an object that is of no mesh, what a mesh reads; of others all but our own label.
kube::Object reduced(const kube::Object& object) {
  const bool core = is_core(object);
  const auto wanted = [core](std::string_view key) {
    return core ? is_mesh_key(key) : key != kMemberLabel;
  };
  Value metadata = Value::map();
  for (const doc::Member& member : object.find("metadata")->members()) {
    const bool is_marks = member.key == "labels" || member.key == "annotations";
    if (!is_marks && (!core || member.key == "name" || member.key == "namespace"))
      metadata.set(member.key, member.value);
    if (!is_marks || !member.value.is_map()) continue;
    Value marks = chosen(member.value, wanted);
    if (marks.size() != 0) metadata.set(member.key, std::move(marks));
  }
  kube::Object out = core ? kube::stub_of(kube::ref_of(object)) : object;
  out.set("metadata", std::move(metadata));
  return out;
}

bool is_wanted(const kube::Object& object, const std::string& ns) {
  const kube::Ref ref = kube::ref_of(object);
  if (ref.kind == "Namespace" && ref.group.empty()) return ref.name == ns;
  return ref.ns == ns || (!ref.group.empty() && compile::is_mesh_wide(object));
}

}  // namespace

Result<LiveImport> import_live(kube::Cluster& cluster, const std::string& ns,
                               const compile::Target& from) {
  WEFT_TRY(there, cluster.get(kube::make_ref("v1", "Namespace", "", ns)));
  if (!there)
    return Error{ExitCode::cluster, fmt::format("there is no namespace {}", ns),
                 "check --namespace and --context"};
  WEFT_TRY(resources, kube::live_resources(cluster, {"namespaces", "services"},
                                           [&from](std::string_view group) {
                                             return compile::is_lifted_group(group, from.mesh);
                                           }));
  WEFT_TRY(live, kube::read_live(cluster, resources, ns));
  kube::Objects objects;
  for (const kube::Object& object : live.objects)
    if (is_wanted(object, ns)) objects.push_back(reduced(object));
  WEFT_TRY(lifted, compile::lift(objects, from));
  std::erase_if(lifted.kept, is_core);
  if (lifted.intents.empty() && lifted.kept.empty())
    return Error{ExitCode::cluster,
                 fmt::format("namespace {} has no resources of a mesh that can be imported", ns),
                 "weft capability list names the meshes"};
  return LiveImport{std::move(lifted), std::move(live.gaps)};
}

}  // namespace weft::pattern
