#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/replicas.h"

namespace weft::rules {
namespace {

bool has_access_control(const Inventory& in) {
  for (const Workload& workload : in.workloads())
    for (const Value* container : workload.containers())
      if (text(get(container, "image")).find("mesh") != std::string_view::npos)
        for (const Value& argument : items(get(container, "args")))
          if (text(&argument) == "--acl" || text(&argument) == "--acl=true") return true;
  return false;
}

void check(const Inventory& in, Report& out) {
  if (!in.uses("Traefik Mesh") || !has_access_control(in)) return;
  std::set<std::string> allowed;  // "namespace/account"
  for (const Resource* target : in.all(kinds::traffic_target)) {
    const Value* account = get(target->spec, "destination");
    allowed.insert(fmt::format("{}/{}", target->ns, text(get(account, "name"))));
  }
  for (const Resource* service : in.all(kinds::service)) {
    const auto annotations = members(service->annotations());
    if (std::none_of(annotations.begin(), annotations.end(), [](const Member& annotation) {
          return annotation.key.starts_with("mesh.traefik.io/");
        }))
      continue;
    for (const Workload* workload : in.workloads_of(*service)) {
      const Value* written = get(workload->pod, "serviceAccountName");
      const std::string_view account = written != nullptr ? text(written) : "default";
      if (allowed.contains(fmt::format("{}/{}", service->ns, account))) continue;
      out.add(*service, nullptr,
              fmt::format("no TrafficTarget for its service account {}", account))
          .with("account", account)
          .absence();
      break;
    }
  }
}

}  // namespace

Rule wt005() {
  return {.id = "WT005",
          .slug = "target-missing",
          .mesh = "Traefik Mesh",
          .category = "security",
          .title = "a service that access control closes for everybody",
          .why =
              "With access control on only what a TrafficTarget allows gets through; for this "
              "service there is none, so every request gets 403.",
          .remedy = "write a TrafficTarget whose destination is its service account",
          .check = check};
}

}  // namespace weft::rules
