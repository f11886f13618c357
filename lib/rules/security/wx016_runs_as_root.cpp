#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

// The container's own setting beats that of the pod, field by field.
const Value* setting(const Workload& workload, const Value& container, std::string_view field) {
  const Value* own = get(&container, "securityContext", field);
  return own != nullptr ? own : get(workload.pod, "securityContext", field);
}

bool may_be_root(const Workload& workload, const Value& container) {
  const auto user = integer(setting(workload, container, "runAsUser"));
  if (user) return *user == 0;
  return !is_true(setting(workload, container, "runAsNonRoot"));
}

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    if (mesh_of(in, workload).empty()) continue;
    for (const Value* container : app_containers(workload)) {
      if (!may_be_root(workload, *container)) continue;
      out.add(*workload.resource, container,
              fmt::format("nothing keeps the container {} from running as root",
                          text(get(container, "name"))));
      break;  // one for each workload says it
    }
  }
}

}  // namespace

Rule wx016() {
  return {.id = "WX016",
          .slug = "runs-as-root",
          .severity = Severity::info,
          .mesh = "all",
          .category = "security",
          .title = "an application in the mesh that may run as root",
          .why =
              "Root in the container can become the proxy's user, whose traffic is not redirected, "
              "and so get round every policy for what goes out.",
          .remedy = "set securityContext.runAsNonRoot: true for the pod",
          .check = check};
}

}  // namespace weft::rules
