#include "lib/mesh/data_plane.h"

#include <algorithm>
#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/object.h"
#include "lib/kube/version.h"

namespace weft::mesh {
namespace {

bool is_own_namespace(const Mesh& mesh, const std::string& name) {
  return name == "kube-system" ||
         std::ranges::any_of(mesh.steps, [&](const Step& step) { return step.ns == name; });
}

std::map<std::string, MeshNamespace> joined(const Mesh& mesh, const Snapshot& snapshot) {
  std::map<std::string, MeshNamespace> out;
  for (const auto& ns : snapshot.namespaces)
    if (const Onboarding* way = onboarding_of(mesh, ns)) {
      const std::string name(kube::name_of(ns));
      out[name] = {.name = name, .mode = way->mode, .onboarded = true};
    }
  return out;
}

void count_proxy(const PodProxy& proxy, const Pod& pod, ProxyGroup& group,
                 std::set<std::string>& namespaces) {
  group.version = proxy.version;
  ++group.pods;
  if (pod.running && !proxy.ready) ++group.not_ready;
  namespaces.insert(pod.ns);
}

void count_in(const Mesh& mesh, const Pod& pod, bool meshed, MeshNamespace& ns) {
  const Wish wish = wish_of(mesh, pod);
  if (meshed) {
    ++ns.meshed;
    const bool wanted = wish == Wish::join || (ns.onboarded && wish == Wish::none);
    if (!wanted) ++ns.surplus;
  } else if (pod.running && !pod.host_network) {
    const bool wanted = wish == Wish::join || (ns.onboarded && wish == Wish::none);
    if (wanted) ++ns.missing;
  }
}

// By their numbers where both have three, else as texts.
bool is_newer(const ProxyGroup& a, const ProxyGroup& b) {
  const auto left = kube::parse_version(a.version);
  const auto right = kube::parse_version(b.version);
  return left && right ? *left > *right : a.version > b.version;
}

std::string subject_of(const MeshNamespace& ns) { return fmt::format("Namespace {}", ns.name); }

}  // namespace

DataPlane data_plane_of(const Mesh& mesh, const std::string& control_plane,
                        const Snapshot& snapshot) {
  DataPlane plane;
  std::map<std::string, MeshNamespace> namespaces = joined(mesh, snapshot);
  std::map<std::string, ProxyGroup> groups;
  std::map<std::string, std::set<std::string>> places;
  for (const Pod& pod : snapshot.pods) {
    const auto proxy = proxy_of(mesh.detect.dataplane, pod);
    if (proxy) count_proxy(*proxy, pod, groups[proxy->version], places[proxy->version]);
    if (is_own_namespace(mesh, pod.ns)) continue;
    const auto ns = namespaces.find(pod.ns);
    if (ns != namespaces.end()) {
      count_in(mesh, pod, proxy.has_value(), ns->second);
    } else if (proxy || wish_of(mesh, pod) == Wish::join) {
      count_in(mesh, pod, proxy.has_value(),
               namespaces.emplace(pod.ns, MeshNamespace{.name = pod.ns}).first->second);
    }
  }
  for (auto& [version, group] : groups) {
    group.skew = version.empty() ? SkewVerdict::same : judge_skew(mesh, control_plane, version);
    group.namespaces.assign(places[version].begin(), places[version].end());
    plane.pods += group.pods;
    plane.proxies.push_back(std::move(group));
  }
  std::ranges::stable_sort(plane.proxies, is_newer);
  for (auto& [name, ns] : namespaces) plane.namespaces.push_back(std::move(ns));
  return plane;
}

void check_data_plane(const Mesh& mesh, const DataPlane& plane, CheckReport& report) {
  for (const ProxyGroup& group : plane.proxies) {
    const std::string where = base::join(group.namespaces, ", ");
    if (group.skew == SkewVerdict::too_far_behind || group.skew == SkewVerdict::ahead)
      report.add(
          "proxy-skew", group.skew == SkewVerdict::ahead ? Verdict::fail : Verdict::warn,
          fmt::format("{} of version {} {} the control plane, in {}",
                      base::plural(group.pods, "proxy"), group.version,
                      group.skew == SkewVerdict::ahead ? "are ahead of" : "trail too far behind",
                      where),
          mesh.id);
    if (group.not_ready > 0)
      report.add("proxy-ready", Verdict::warn,
                 fmt::format("{} of {} of version {} are not ready, in {}", group.not_ready,
                             group.pods, group.version, where),
                 mesh.id);
  }
  for (const MeshNamespace& ns : plane.namespaces) {
    if (ns.missing > 0)
      report.add(
          "proxy-missing", Verdict::warn,
          fmt::format("{} without the proxy of {}", base::plural(ns.missing, "pod"), mesh.name),
          subject_of(ns), fmt::format("kubectl rollout restart deployment -n {}", ns.name));
    if (ns.surplus > 0)
      report.add("proxy-unexpected", Verdict::warn,
                 fmt::format("{} with the proxy of {}, which should have none",
                             base::plural(ns.surplus, "pod"), mesh.name),
                 subject_of(ns), fmt::format("kubectl rollout restart deployment -n {}", ns.name));
  }
  const bool clean = std::ranges::none_of(report.results, [](const CheckResult& result) {
    return result.check->category == "data plane" && result.verdict != Verdict::ok;
  });
  if (clean)
    report.add("proxy-skew", Verdict::ok,
               fmt::format("{} with a proxy of {}", base::plural(plane.pods, "pod"), mesh.name));
}

}  // namespace weft::mesh
