#include "lib/mesh/check_live.h"

#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/mesh/check_webhooks.h"
#include "lib/mesh/selection.h"

namespace weft::mesh {
namespace {

std::string title_of(const MeshStatus& mesh) {
  return mesh.revision.empty() ? mesh.name
                               : fmt::format("{} (revision {})", mesh.name, mesh.revision);
}

void check_components(const MeshStatus& mesh, CheckReport& report) {
  std::set<std::string> versions;
  for (const ComponentStatus& component : mesh.components) {
    if (!component.version.empty()) versions.insert(component.version);
    const auto& readiness = component.readiness;
    const bool ready = readiness.state == kube::State::ready;
    const Verdict verdict = !ready                      ? Verdict::fail
                            : readiness.warning.empty() ? Verdict::ok
                                                        : Verdict::warn;
    report.add("component-ready", verdict, ready ? readiness.warning : readiness.detail,
               component.ref.text(),
               ready ? ""
                     : fmt::format("kubectl describe {} -n {} {}", base::lower(component.ref.kind),
                                   component.ref.ns, component.ref.name));
  }
  if (versions.size() > 1) {
    const std::vector<std::string> all(versions.begin(), versions.end());
    report.add("component-version", Verdict::warn, base::join(all, ", "), title_of(mesh));
  }
}

void check_leftover(const MeshStatus& mesh, CheckReport& report) {
  if (mesh.evidence == Evidence::webhook)
    report.add("leftover", Verdict::warn, "its webhooks are here, but no control plane", mesh.name,
               fmt::format("weft uninstall {} --purge", mesh.mesh));
}

void check_support(const Mesh& mesh, const MeshStatus& status, base::WallTime now,
                   CheckReport& report) {
  const auto row = version_of(mesh, status.version);
  if (!row) return;
  const Window window = window_of(*row, base::format_rfc3339(now).substr(0, 10));
  if (window == Window::ended || window == Window::ending)
    report.add("version-support", Verdict::warn,
               fmt::format("{} is maintained until {}", row->version, row->eol), title_of(status));
}

}  // namespace

base::Result<CheckReport> check_live(const Catalog& catalog, const ClusterStatus& status,
                                     const std::string& mesh, Scope scope, base::WallTime now) {
  CheckReport report{.mesh = mesh};
  const bool everything = scope == Scope::everything;
  if (everything)
    report.add("cluster-reachable", Verdict::ok,
               fmt::format("Kubernetes {}, context {}", status.server, status.context));
  bool found = false;
  for (const MeshStatus& each : status.meshes) {
    if (!mesh.empty() && each.mesh != mesh) continue;
    found = found || each.evidence == Evidence::workload;
    WEFT_TRY(facts, catalog.find(each.mesh));
    if (!everything) continue;
    check_components(each, report);
    check_leftover(each, report);
    check_support(*facts, each, now, report);
  }
  if (!mesh.empty() && !found) {
    WEFT_TRY(facts, catalog.find(mesh));
    const auto installable = check_installable(*facts);
    report.add(
        "component-ready", Verdict::fail, "no control plane of it is in this cluster", mesh,
        installable.ok() ? fmt::format("weft install {}", mesh) : installable.error().remedy);
  }
  for (const MeshPlane& plane : status.planes) {
    if (!mesh.empty() && plane.mesh != mesh) continue;
    WEFT_TRY(facts, catalog.find(plane.mesh));
    if (status.snapshot.knows(Part::pods)) check_data_plane(*facts, plane.data, report);
    if (everything)
      report.results.insert(report.results.end(), plane.certificates.report.results.begin(),
                            plane.certificates.report.results.end());
  }
  if (!status.snapshot.knows(Part::pods)) {
    const auto reason = status.snapshot.unknown.find(Part::pods);
    report.add("proxy-skew", Verdict::skip,
               reason == status.snapshot.unknown.end() ? "" : reason->second);
  }
  if (everything)
    report.results.insert(report.results.end(), status.webhooks.results.begin(),
                          status.webhooks.results.end());
  report.sort();
  return report;
}

}  // namespace weft::mesh
