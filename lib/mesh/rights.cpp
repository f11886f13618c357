#include "lib/mesh/rights.h"

#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/object.h"

namespace weft::mesh {
namespace {

constexpr std::size_t kShown = 8;

struct Resource {
  std::string group;
  std::string name;
  std::string ns;
  friend auto operator<=>(const Resource&, const Resource&) = default;
};

std::vector<std::string> verbs_for(Purpose purpose) {
  switch (purpose) {
    case Purpose::install:
      return {"get", "create", "patch"};
    case Purpose::upgrade:
      return {"get", "create", "patch", "delete"};
    default:
      return {"get", "delete"};
  }
}

std::string text_of(const Resource& resource, const std::vector<std::string>& verbs) {
  const std::string name =
      resource.group.empty() ? resource.name : fmt::format("{}.{}", resource.name, resource.group);
  return fmt::format("{} {}{}", base::join(verbs, ","), name,
                     resource.ns.empty() ? "" : " in " + resource.ns);
}

}  // namespace

std::vector<kube::Access> needed_rights(const kube::Objects& objects,
                                        const std::vector<std::string>& release_namespaces,
                                        Purpose purpose) {
  std::map<Resource, std::set<std::string>> wanted;
  const auto want = [&](Resource resource, const std::vector<std::string>& verbs) {
    wanted[std::move(resource)].insert(verbs.begin(), verbs.end());
  };
  for (const auto& object : objects) {
    const kube::Ref ref = kube::ref_of(object);
    want({ref.group, kube::plural_of(ref.group, ref.kind), ref.ns}, verbs_for(purpose));
  }
  for (const auto& ns : release_namespaces) {
    want({"", "secrets", ns}, {"get", "list", "create", "update", "delete"});
    for (const char* workload : {"deployments", "daemonsets", "statefulsets", "replicasets"})
      want({"apps", workload, ns}, {"list"});
    want({"", "pods", ns}, {"list"});
    want({"", "events", ns}, {"list"});
    want({"", "configmaps", ns}, {"get", "create", "patch"});
    want({"coordination.k8s.io", "leases", ns}, {"get", "create", "patch", "delete"});
  }
  std::vector<kube::Access> accesses;
  for (const auto& [resource, verbs] : wanted)
    for (const auto& verb : verbs)
      accesses.push_back({verb, resource.group, resource.name, resource.ns});
  return accesses;
}

base::Result<void> check_rights(kube::Cluster& cluster, const std::vector<kube::Access>& needed,
                                bool everything, CheckReport& report) {
  if (everything) {
    report.add("rights", Verdict::ok, "everything is allowed");
    return {};
  }
  WEFT_TRY(answers, cluster.may(needed));
  std::map<Resource, std::vector<std::string>> denied;
  bool grants = false;
  for (std::size_t i = 0; i < needed.size(); ++i) {
    const kube::Access& access = needed[i];
    if (!answers[i]) denied[{access.group, access.resource, access.ns}].push_back(access.verb);
    grants = grants || access.group == "rbac.authorization.k8s.io";
  }
  if (denied.empty()) report.add("rights", Verdict::ok, base::plural(needed.size(), "right"));
  std::vector<std::string> lines;
  lines.reserve(denied.size());
  for (const auto& [resource, verbs] : denied) lines.push_back(text_of(resource, verbs));
  if (lines.size() > kShown) {
    const std::size_t more = lines.size() - kShown;
    lines.resize(kShown);
    lines.push_back(fmt::format("and {} more", more));
  }
  if (!denied.empty())
    report.add("rights", Verdict::fail, fmt::format("denied: {}", base::join(lines, "; ")));
  if (grants && denied.empty())
    report.add("rights-grant", Verdict::warn,
               "the plan brings roles; the server accepts them only if they hold no right that "
               "you lack");
  return {};
}

}  // namespace weft::mesh
