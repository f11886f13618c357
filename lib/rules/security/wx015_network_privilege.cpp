#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

// What lets a container undo the redirection of its own traffic, or nullptr.
const Value* privilege_of(const Value& container) {
  const Value* security = get(&container, "securityContext");
  if (const Value* privileged = get(security, "privileged"); is_true(privileged)) return privileged;
  for (const Value& capability : items(get(security, "capabilities", "add")))
    for (const char* name : {"NET_ADMIN", "NET_RAW", "SYS_ADMIN", "ALL"})
      if (base::equal_ignoring_case(text(&capability), name)) return &capability;
  return nullptr;
}

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    const std::string_view mesh = mesh_of(in, workload);
    if (mesh.empty()) continue;
    for (const Value* container : app_containers(workload)) {
      const Value* privilege = privilege_of(*container);
      if (privilege == nullptr) continue;
      const std::string_view name = text(get(container, "name"));
      out.add(*workload.resource, privilege,
              fmt::format("the container {} may change the rules that lead its traffic into the "
                          "{} proxy ({})",
                          name, mesh, privilege->is_string() ? text(privilege) : "privileged"))
          .with("container", name);
    }
  }
}

}  // namespace

Rule wx015() {
  return {.id = "WX015",
          .slug = "network-privilege",
          .mesh = "all",
          .category = "security",
          .title = "an application that can take itself out of the mesh",
          .why =
              "Redirection is a few firewall rules in the pod's own network. With NET_ADMIN or "
              "privileged, whoever takes over the container deletes them and calls without policy; "
              "with NET_RAW it forges packets.",
          .remedy = "drop the capability; where only one start-up step needs it, use a job outside",
          .check = check};
}

}  // namespace weft::rules
