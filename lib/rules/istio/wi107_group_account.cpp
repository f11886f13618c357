#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* group : in.all(kinds::workload_group)) {
    const Value* account = get(group->spec, "template", "serviceAccount");
    if (text(account).empty() || text(account) == "default" ||
        in.find(kinds::service_account, group->ns, text(account)) != nullptr)
      continue;
    out.add(*group, account,
            fmt::format("there is no ServiceAccount {}/{}", group->ns, text(account)))
        .with("account", text(account))
        .absence();
  }
}

}  // namespace

Rule wi107() {
  return {.id = "WI107",
          .slug = "group-account",
          .mesh = "Istio",
          .category = "workload groups",
          .title = "the service account of a WorkloadGroup is not there",
          .why = "Machines of the group get no token, so no certificate: they cannot join.",
          .remedy = "create the ServiceAccount in the namespace of the group",
          .refs = "KIA1701",
          .check = check};
}

}  // namespace weft::rules
