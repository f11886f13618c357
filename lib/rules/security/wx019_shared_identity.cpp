#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

bool uses_default_account(const Workload& workload) {
  std::string_view name = text(get(workload.pod, "serviceAccountName"));
  if (name.empty()) name = text(get(workload.pod, "serviceAccount"));
  return name.empty() || name == "default";
}

void check(const Inventory& in, Report& out) {
  std::map<std::string_view, std::vector<const Workload*>> users;  // by namespace
  for (const Workload& workload : in.workloads())
    if (!workload.is_pod() && uses_default_account(workload) && !mesh_of(in, workload).empty())
      users[workload.resource->ns].push_back(&workload);
  for (const auto& [ns, workloads] : users) {
    if (workloads.size() < 2) continue;
    // Told once for the namespace, on the object that stands for all.
    const Resource* space = in.ns(ns);
    out.add(space != nullptr ? *space : *workloads.front()->resource, nullptr,
            fmt::format("{} workloads, among them {} and {}, are one identity: the default service "
                        "account of {}",
                        workloads.size(), workloads[0]->resource->title(),
                        workloads[1]->resource->title(), ns))
        .with("namespace", ns);
  }
}

}  // namespace

Rule wx019() {
  return {.id = "WX019",
          .slug = "shared-identity",
          .severity = Severity::info,
          .mesh = "all",
          .category = "security",
          .title = "several workloads share the default service account",
          .why =
              "A mesh tells workloads apart by service account. No policy can let one of them in "
              "and keep another one out.",
          .remedy = "give each workload a serviceAccountName of its own",
          .check = check};
}

}  // namespace weft::rules
