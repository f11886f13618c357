#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/object.h"
#include "lib/mesh/platform.h"
#include "lib/mesh/preflight_parts.h"

namespace weft::mesh {
namespace {

constexpr const char* kEnforce = "pod-security.kubernetes.io/enforce";
constexpr const char* kDefaultClass = "storageclass.kubernetes.io/is-default-class";
constexpr const char* kBundleVersion = "gateway.networking.k8s.io/bundle-version";

// How much a level forbids.
int strictness(std::string_view level) {
  constexpr std::array<std::string_view, 3> kLevels{"privileged", "baseline", "restricted"};
  const auto found = std::ranges::find(kLevels, level);
  return found == kLevels.end() ? 0 : static_cast<int>(found - kLevels.begin());
}

}  // namespace

std::vector<std::string> namespaces_of(const PreflightRequest& request) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (!name.empty() && std::ranges::count(names, name) == 0) names.push_back(name);
  };
  for (const auto& step : request.selection.steps) add(step.step->ns);
  for (const auto& name : request.namespaces) add(name);
  return names;
}

void check_namespaces(const PreflightRequest& request, const Snapshot& snapshot,
                      CheckReport& report) {
  if (!can_see(snapshot, Part::namespaces, "pod-security", report)) return;
  const int needed = strictness(request.mesh.preflight.psa);
  const std::size_t before = report.results.size();
  for (const auto& name : namespaces_of(request)) {
    const kube::Object* ns = snapshot.ns(name);
    if (ns == nullptr) continue;
    if (kube::text_at(*ns, {"status", "phase"}) == "Terminating")
      report.add("namespace-terminating", Verdict::fail, "it is being deleted",
                 fmt::format("Namespace {}", name));
    const auto enforced = kube::label_of(*ns, kEnforce);
    if (!request.mesh.preflight.psa.empty() && strictness(enforced) > needed)
      report.add("pod-security", Verdict::fail,
                 fmt::format("it enforces {}; {} needs {}", enforced, request.mesh.name,
                             request.mesh.preflight.psa),
                 fmt::format("Namespace {}", name));
  }
  if (report.results.size() == before) report.add("pod-security", Verdict::ok);
}

void check_storage(const PreflightRequest& request, const Snapshot& snapshot, CheckReport& report) {
  if (!request.mesh.preflight.storage ||
      !can_see(snapshot, Part::storage_classes, "storage-class", report))
    return;
  for (const auto& storage : snapshot.storage_classes) {
    if (kube::annotation_of(storage, kDefaultClass) != "true") continue;
    report.add("storage-class", Verdict::ok, std::string(kube::name_of(storage)));
    return;
  }
  report.add("storage-class", Verdict::fail,
             snapshot.storage_classes.empty()
                 ? "the cluster has no StorageClass"
                 : fmt::format("none of {} is the default",
                               base::plural(snapshot.storage_classes.size(), "StorageClass")));
}

void check_gateway_api(const PreflightRequest& request, const Snapshot& snapshot,
                       CheckReport& report) {
  const auto note = request.mesh.preflight.notes.find("gateway-api");
  if (note == request.mesh.preflight.notes.end()) return;
  if (!snapshot.knows(Part::gateway_api) && !snapshot.knows(Part::api_groups)) return;
  if (!has_gateway_api(snapshot)) {
    report.add("gateway-api", Verdict::warn, fmt::format("they are not there; {}", note->second));
    return;
  }
  const auto version =
      snapshot.gateway_crd ? kube::annotation_of(*snapshot.gateway_crd, kBundleVersion) : "";
  report.add("gateway-api", Verdict::ok,
             version.empty() ? "of unknown version" : fmt::format("bundle {}", version));
}

}  // namespace weft::mesh
