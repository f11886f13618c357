#include "lib/mesh/status.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/object.h"
#include "lib/mesh/check_webhooks.h"

namespace weft::mesh {
namespace {

using base::Result;

const kube::Object* find_workload(const Snapshot& snapshot, const kube::Ref& ref) {
  const auto found = std::ranges::find_if(snapshot.workloads, [&](const kube::Object& object) {
    return kube::ref_of(object).same_object(ref);
  });
  return found == snapshot.workloads.end() ? nullptr : &*found;
}

std::string release_of(const Snapshot& snapshot, const kube::Object& workload) {
  const auto name = kube::annotation_of(workload, "meta.helm.sh/release-name");
  const auto ns = kube::annotation_of(workload, "meta.helm.sh/release-namespace");
  if (name.empty()) return "";
  for (const auto& release : snapshot.releases)
    if (release.name == name && release.ns == ns)
      return fmt::format("{} ({}, revision {})", name, kube::status_name(release.status),
                         release.revision);
  return std::string(name);
}

bool by_weft(const Snapshot& snapshot, const std::string& mesh) {
  const std::string name = "weft-install-" + mesh;
  return std::ranges::any_of(snapshot.records, [&](const kube::Object& record) {
    const auto found = kube::name_of(record);
    return found == name || found.starts_with(name + "-");
  });
}

void add_warnings(const Snapshot& snapshot, const Finding& finding, const Mesh& mesh,
                  const std::string& today, MeshStatus& out) {
  if (finding.evidence != Evidence::workload)
    out.warnings.push_back(finding.evidence == Evidence::webhook
                               ? "its webhooks are here, but no control plane"
                               : "only a namespace of its name is here");
  if (finding.disagreement) {
    std::vector<std::string> all;
    for (const auto& source : finding.sources)
      all.push_back(fmt::format("{} ({})", source.value, source.source));
    out.warnings.push_back(fmt::format("versions differ: {}", base::join(all, ", ")));
  }
  if (const auto row = version_of(mesh, finding.version))
    if (window_of(*row, today) == Window::ended)
      out.warnings.push_back(fmt::format("{} is unmaintained since {}", row->version, row->eol));
  for (const auto& release : snapshot.releases)
    if (release.ns == finding.ns && kube::is_pending(release.status))
      out.warnings.push_back(fmt::format("release {} is {}: weft mesh recover {}", release.name,
                                         kube::status_name(release.status), finding.mesh));
}

MeshStatus status_of(const Snapshot& snapshot, const Finding& finding, const Mesh& mesh,
                     const std::string& today) {
  MeshStatus out{.mesh = finding.mesh,
                 .name = mesh.name,
                 .revision = finding.revision,
                 .ns = finding.ns,
                 .version = finding.version,
                 .managed_by = by_weft(snapshot, finding.mesh) ? "weft" : finding.managed_by,
                 .evidence = finding.evidence};
  for (const FoundComponent& found : finding.components) {
    const kube::Object* workload = find_workload(snapshot, found.ref);
    if (workload == nullptr) continue;
    out.components.push_back({found.component, found.ref, found.version, kube::readiness(*workload),
                              release_of(snapshot, *workload)});
  }
  add_warnings(snapshot, finding, mesh, today, out);
  return out;
}

// The newest control plane of a mesh: proxies of older revisions are behind it.
std::string newest_version(const std::vector<MeshStatus>& meshes, const std::string& mesh) {
  std::string newest;
  for (const MeshStatus& each : meshes) {
    if (each.mesh != mesh) continue;
    const auto now = parse_minor(each.version);
    const auto best = parse_minor(newest);
    if (newest.empty() || (now && best && *best < *now)) newest = each.version;
  }
  return newest;
}

Result<void> add_planes(kube::Cluster& cluster, const Catalog& catalog,
                        const StatusRequest& request, ClusterStatus& status) {
  for (const MeshStatus& each : status.meshes) {
    if (each.evidence != Evidence::workload || status.plane(each.mesh) != nullptr) continue;
    WEFT_TRY(mesh, catalog.find(each.mesh));
    MeshPlane plane{.mesh = each.mesh};
    if (status.snapshot.knows(Part::pods))
      plane.data = data_plane_of(*mesh, newest_version(status.meshes, each.mesh), status.snapshot);
    auto certificates = read_mesh_certificates(cluster, each.mesh, each.ns, request.now);
    if (certificates)
      plane.certificates = *std::move(certificates);
    else
      status.unknown.push_back(
          fmt::format("certificates of {}: {}", each.mesh, certificates.error().message));
    status.planes.push_back(std::move(plane));
  }
  return {};
}

}  // namespace

bool MeshStatus::ready() const {
  return std::ranges::all_of(components, [](const ComponentStatus& component) {
    return component.readiness.state == kube::State::ready;
  });
}

bool ClusterStatus::ready() const { return std::ranges::all_of(meshes, &MeshStatus::ready); }

const MeshPlane* ClusterStatus::plane(std::string_view mesh) const {
  const auto found = std::ranges::find(planes, mesh, &MeshPlane::mesh);
  return found == planes.end() ? nullptr : &*found;
}

std::set<Part> status_parts() {
  return {Part::server,    Part::namespaces, Part::workloads, Part::webhooks,
          Part::endpoints, Part::pods,       Part::releases,  Part::records};
}

Result<ClusterStatus> read_status(kube::Cluster& cluster, kube::Helm* helm, const Catalog& catalog,
                                  const StatusRequest& request) {
  WEFT_TRY(snapshot, read_snapshot(cluster, helm, status_parts(), request.reading));
  ClusterStatus status;
  status.snapshot = std::move(snapshot);
  const Snapshot& seen = status.snapshot;
  status.context = seen.context;
  if (seen.server) status.server = seen.server->version.text;
  for (const auto& [part, reason] : seen.unknown)
    status.unknown.push_back(fmt::format("{}: {}", name_of(part), reason));
  WEFT_TRY(findings, detect(catalog, {seen.workloads, seen.webhooks, seen.namespaces}));
  const std::string today = base::format_rfc3339(request.now).substr(0, 10);
  for (const Finding& finding : findings) {
    if (!request.mesh.empty() && finding.mesh != request.mesh) continue;
    WEFT_TRY(mesh, catalog.find(finding.mesh));
    status.meshes.push_back(status_of(seen, finding, *mesh, today));
  }
  WEFT_CHECK(add_planes(cluster, catalog, request, status));
  check_webhooks(seen, {.now = request.now}, status.webhooks);
  return status;
}

}  // namespace weft::mesh
