#include <algorithm>
#include <charconv>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/object.h"
#include "lib/mesh/platform.h"
#include "lib/mesh/preflight_parts.h"

namespace weft::mesh {
namespace {

constexpr std::size_t kShownNodes = 3;

Minor minor_of(const kube::Version& version) {
  return {static_cast<std::uint32_t>(version.major), static_cast<std::uint32_t>(version.minor)};
}

// "node-1, node-2, node-3 and 7 more"
std::string some(const std::vector<std::string>& names) {
  std::vector<std::string> shown(
      names.begin(), names.begin() + static_cast<long>(std::min(names.size(), kShownNodes)));
  std::string text = base::join(shown, ", ");
  if (names.size() > kShownNodes) text += fmt::format(" and {} more", names.size() - kShownNodes);
  return text;
}

// Nodes of which `wrong` says something, by what it says: "kernel 4.18: node-1, node-2".
template <typename Wrong>
std::vector<std::string> nodes_by_fault(const Snapshot& snapshot, Wrong wrong) {
  std::map<std::string, std::vector<std::string>> by_fault;
  for (const auto& node : snapshot.nodes)
    if (std::string fault = wrong(node); !fault.empty())
      by_fault[fault].emplace_back(kube::name_of(node));
  std::vector<std::string> lines;
  lines.reserve(by_fault.size());
  for (const auto& [fault, names] : by_fault)
    lines.push_back(fmt::format("{}: {}", fault, some(names)));
  return lines;
}

std::string node_info(const kube::Object& node, std::string_view key) {
  return std::string(kube::text_at(node, {"status", "nodeInfo", key}));
}

void check_kernels(const Mesh& mesh, const Snapshot& snapshot, CheckReport& report) {
  std::string_view wanted = mesh.preflight.kernel;
  if (wanted.empty()) return;
  if (wanted.starts_with(">=")) wanted.remove_prefix(2);
  const auto least = kube::parse_version(wanted);
  const auto faults = nodes_by_fault(snapshot, [&](const kube::Object& node) {
    const std::string kernel = node_info(node, "kernelVersion");
    const auto found = kube::parse_version(kernel);
    return found && least && *found < *least ? "kernel " + kernel : std::string();
  });
  if (faults.empty())
    report.add("nodes-kernel", Verdict::ok, fmt::format("{} or newer everywhere", wanted));
  else
    report.add("nodes-kernel", Verdict::fail,
               fmt::format("{} needs {}; {}", mesh.name, wanted, base::join(faults, "; ")));
}

void check_architectures(const Mesh& mesh, const Snapshot& snapshot, CheckReport& report) {
  const auto& known = mesh.preflight.arch;
  const auto faults = nodes_by_fault(snapshot, [&](const kube::Object& node) {
    const std::string arch = node_info(node, "architecture");
    std::string system = node_info(node, "operatingSystem");
    if (!system.empty() && system != "linux") return system;
    const bool fits = known.empty() || arch.empty() || std::ranges::count(known, arch) > 0;
    return fits ? std::string() : arch;
  });
  if (faults.empty())
    report.add("nodes-arch", Verdict::ok, base::plural(snapshot.nodes.size(), "node"));
  else
    report.add("nodes-arch", Verdict::warn, base::join(faults, "; "));
}

}  // namespace

bool can_see(const Snapshot& snapshot, Part part, std::string_view check, CheckReport& report) {
  if (snapshot.knows(part)) return true;
  const auto reason = snapshot.unknown.find(part);
  if (reason != snapshot.unknown.end()) report.add(check, Verdict::skip, reason->second);
  return false;
}

void check_tools(const ToolVersions& tools, const Snapshot& snapshot, CheckReport& report) {
  if (tools.kubectl) {
    const auto& client = *tools.kubectl;
    std::string detail = client.text;
    Verdict verdict = Verdict::ok;
    if (snapshot.server) {
      const auto apart = minors_between(minor_of(snapshot.server->version), minor_of(client));
      if (!apart || *apart > 1 || *apart < -1) {
        verdict = Verdict::warn;
        detail = fmt::format("kubectl {} is more than one minor version away from the server's {}",
                             client.text, snapshot.server->version.text);
      }
    }
    report.add("tools-kubectl", verdict, std::move(detail));
  }
  if (tools.helm) {
    const auto& helm = *tools.helm;
    const kube::Version least{3, 14, 0, "3.14"};
    const kube::Version good{3, 17, 0, "3.17"};
    report.add("tools-helm",
               helm < least  ? Verdict::fail
               : helm < good ? Verdict::warn
                             : Verdict::ok,
               helm.text);
  }
}

void check_kubernetes(const PreflightRequest& request, const Snapshot& snapshot,
                      CheckReport& report) {
  if (!can_see(snapshot, Part::server, "cluster-reachable", report)) return;
  const kube::Version& server = snapshot.server->version;
  report.add("cluster-reachable", Verdict::ok,
             fmt::format("Kubernetes {}, context {}", server.text, snapshot.context));
  const KubeRange& range = request.version.k8s;
  const std::string wanted = fmt::format("{} {} is made for Kubernetes {}", request.mesh.name,
                                         request.version.version, range.text());
  switch (range.judge(minor_of(server))) {
    case KubeFit::below:
      report.add("cluster-version", Verdict::fail, fmt::format("{}; this is older", wanted));
      break;
    case KubeFit::above:
      report.add("cluster-version", Verdict::warn,
                 fmt::format("{}; this is newer, and untested", wanted));
      break;
    case KubeFit::inside:
      report.add("cluster-version", Verdict::ok, range.text());
      break;
  }
}

void check_platform(const PreflightRequest& request, const Snapshot& snapshot,
                    CheckReport& report) {
  const std::string platform = platform_of(snapshot);
  if (platform.empty()) return;
  const auto& notes = request.mesh.preflight.notes;
  const auto note = notes.find(platform);
  const bool handled = std::ranges::count(request.selection.features, "platform=" + platform) > 0;
  if (note == notes.end() || handled)
    report.add("platform", Verdict::ok,
               handled ? fmt::format("{}: its values are set", platform) : platform);
  else
    report.add("platform", Verdict::warn, fmt::format("{}: {}", platform, note->second));
}

void check_nodes(const PreflightRequest& request, const Snapshot& snapshot, CheckReport& report) {
  if (!can_see(snapshot, Part::nodes, "nodes-arch", report)) return;
  if (snapshot.nodes.empty()) {
    report.add("nodes-arch", Verdict::warn, "the cluster has no nodes: no pod can run", "",
               "add a node");
    return;
  }
  check_kernels(request.mesh, snapshot, report);
  check_architectures(request.mesh, snapshot, report);
  const auto& modules = request.mesh.preflight.modules;
  if (!modules.empty())
    report.add("nodes-modules", Verdict::skip,
               fmt::format("cannot be seen from outside; needed are {}", base::join(modules, " ")));
}

}  // namespace weft::mesh
