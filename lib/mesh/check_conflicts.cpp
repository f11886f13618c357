#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/object.h"
#include "lib/mesh/preflight_parts.h"
#include "lib/mesh/proxies.h"

namespace weft::mesh {
namespace {

bool names(const std::vector<std::string>& ids, const Mesh& mesh) {
  return std::ranges::count(ids, mesh.id) > 0;
}

std::string joined_namespaces(const Snapshot& snapshot, const Mesh& a, const Mesh& b) {
  std::vector<std::string> both;
  for (const auto& ns : snapshot.namespaces)
    if (onboarding_of(a, ns) != nullptr && onboarding_of(b, ns) != nullptr)
      both.emplace_back(kube::name_of(ns));
  return base::join(both, ", ");
}

}  // namespace

void check_conflicts(const PreflightRequest& request, const Snapshot& snapshot,
                     CheckReport& report) {
  const Mesh& mesh = request.mesh;
  const std::size_t before = report.results.size();
  for (const Mesh* other : request.others) {
    if (other->conflicts.empty()) continue;  // add-ons, networks: they leave pods' traffic alone
    if (mesh.preflight.alone || other->preflight.alone) {
      const Mesh& alone = mesh.preflight.alone ? mesh : *other;
      report.add("conflict-mesh", Verdict::fail,
                 fmt::format("{} is here, and {} tolerates no other mesh", other->name, alone.name),
                 other->id, fmt::format("weft uninstall {}", other->id));
    } else if (names(mesh.conflicts, *other) || names(other->conflicts, mesh)) {
      report.add("conflict-mesh", Verdict::fail,
                 fmt::format("{} is here; both redirect the traffic of pods", other->name),
                 other->id,
                 fmt::format("weft uninstall {}; or keep their namespaces apart and pass "
                             "--ignore conflict-mesh",
                             other->id));
    }
    const std::string both = joined_namespaces(snapshot, mesh, *other);
    if (!both.empty())
      report.add("conflict-injection", Verdict::fail,
                 fmt::format("{} and {} both inject into {}", mesh.name, other->name, both),
                 other->id, fmt::format("weft mesh offboard {} {}", other->id, both));
  }
  for (const std::string& id : mesh.needs)
    if (std::ranges::none_of(request.others, [&id](const Mesh* one) { return one->id == id; }))
      report.add("required-mesh", Verdict::fail,
                 fmt::format("{} stands on {}, which is not here", mesh.name, id), id,
                 fmt::format("weft install {}", id));
  if (report.results.size() == before)
    report.add("conflict-mesh", Verdict::ok,
               request.others.empty() ? "there is none" : "those that are here do not conflict");
}

}  // namespace weft::mesh
