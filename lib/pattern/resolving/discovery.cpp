#include "lib/pattern/resolving/discovery.h"

#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/capability/capability.h"
#include "lib/doc/read.h"
#include "lib/kube/errors.h"
#include "lib/mesh/detect.h"
#include "lib/mesh/snapshot.h"

namespace weft::pattern {
namespace {

using base::Result;

Result<doc::Document> ask(kube::Cluster& cluster, const std::string& path) {
  WEFT_TRY(body, cluster.raw(path));
  return doc::read_json(doc::Source(path, std::move(body)));
}

// What is not served is left to the server's own error when the object is applied.
Result<void> add_version(kube::Cluster& cluster, const std::string& api_version,
                         const std::set<std::string>& wanted, Types& types) {
  auto document = ask(cluster, "/apis/" + api_version);
  if (!document.ok()) {
    const kube::Failure failure = kube::failure_of(document.error());
    if (failure == kube::Failure::not_found || failure == kube::Failure::no_such_kind) return {};
    return document.error();
  }
  for (const doc::Value& resource : kube::list_at(document->root, {"resources"})) {
    const std::string kind(kube::text_at(resource, {"kind"}));
    const bool is_part = kube::text_at(resource, {"name"}).find('/') != std::string_view::npos;
    if (!is_part && wanted.contains(kind))
      types.add(kind, {api_version, kube::bool_at(resource, {"namespaced"})});
  }
  return {};
}

}  // namespace

bool needs_mesh(const Pattern& pattern, const Types& types) {
  bool wishes = false;
  for (const Service& service : pattern.services) {
    const auto type = types.find(service);
    if (!type.ok()) continue;
    if (type->what == TypeKind::mesh && capability::find_column(type->mesh) != nullptr)
      return false;
    wishes = wishes || type->what == TypeKind::capability;
    for (const doc::Member& trait : service.traits.members())
      wishes = wishes || Types::is_capability(trait.key);
  }
  return wishes;
}

Result<FoundMesh> discover_mesh(kube::Cluster& cluster, const mesh::Catalog& catalog,
                                const Pattern& pattern, const Types& types) {
  if (!needs_mesh(pattern, types)) return FoundMesh{};
  using mesh::Part;
  WEFT_TRY(snapshot, mesh::read_snapshot(cluster, nullptr,
                                         {Part::workloads, Part::webhooks, Part::namespaces}));
  WEFT_TRY(findings,
           mesh::detect(catalog, {snapshot.workloads, snapshot.webhooks, snapshot.namespaces}));
  std::map<std::string, std::string> found;
  for (const mesh::Finding& finding : findings)
    if (capability::find_column(finding.mesh) != nullptr)
      found.emplace(finding.mesh, finding.version);
  if (found.empty()) return FoundMesh{};
  if (found.size() == 1) return FoundMesh{found.begin()->first, found.begin()->second};
  std::vector<std::string> names;
  names.reserve(found.size());
  for (const auto& [id, version] : found) names.push_back(id);
  return base::Error{base::ExitCode::input,
                     fmt::format("this cluster has several meshes: {}", base::join(names, ", ")),
                     "choose with --mesh the one that mesh-agnostic types are made for"};
}

Result<void> discover(kube::Cluster& cluster, const Pattern& pattern, Types& types) {
  std::set<std::string> kinds, versions;
  bool everywhere = false;
  for (const Service& service : pattern.services) {
    if (types.knows(service)) continue;
    kinds.insert(bare(service.type.text).name);
    if (service.api_version.empty())
      everywhere = true;
    else if (service.api_version.find('/') != std::string::npos)
      versions.insert(service.api_version);
  }
  if (everywhere) {
    WEFT_TRY(groups, ask(cluster, "/apis"));
    for (const doc::Value& group : kube::list_at(groups.root, {"groups"}))
      versions.emplace(kube::text_at(group, {"preferredVersion", "groupVersion"}));
  }
  for (const std::string& version : versions)
    WEFT_CHECK(add_version(cluster, version, kinds, types));
  return {};
}

}  // namespace weft::pattern
