#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    const auto meshes = meshes_of(in, workload);
    if (meshes.size() < 2) continue;
    out.add(*workload.resource, nullptr,
            fmt::format("{} and {} both put their proxy in", meshes[0], meshes[1]))
        .with("meshes", fmt::format("{} {}", meshes[0], meshes[1]));
  }
}

}  // namespace

Rule wk026() {
  return {
      .id = "WK026",
      .slug = "two-meshes",
      .severity = Severity::error,
      .mesh = "all",
      .category = "onboarding",
      .title = "a workload that two meshes inject",
      .why =
          "Both redirect the same traffic: requests loop between the proxies or bypass one, and "
          "neither mesh gets through to the other's identity.",
      .remedy = "keep one; during a move, switch workloads over one by one with labels",
      .check = check};
}

}  // namespace weft::rules
