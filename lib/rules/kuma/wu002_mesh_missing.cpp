#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_label(const Inventory& in, const Resource& resource, const Value* labels, Report& out) {
  const Value* mesh = get(labels, "kuma.io/mesh");
  // Kuma makes the Mesh "default" by itself.
  if (text(mesh).empty() || text(mesh) == "default" ||
      in.find(kinds::kuma_mesh, "", text(mesh)) != nullptr)
    return;
  out.add(resource, mesh, fmt::format("there is no Mesh {}", text(mesh)))
      .with("mesh", text(mesh))
      .absence();
}

void check(const Inventory& in, Report& out) {
  for (const Resource& resource : in.all()) {
    if (resource.group == "kuma.io" || resource.is(kinds::ns))
      check_label(in, resource, resource.labels(), out);
    check_label(in, resource, resource.annotations(), out);
  }
  for (const Workload& workload : in.workloads())
    check_label(in, *workload.resource, workload.labels(), out);
}

}  // namespace

Rule wu002() {
  return {
      .id = "WU002",
      .slug = "mesh-missing",
      .severity = Severity::error,
      .mesh = "Kuma",
      .category = "routing",
      .title = "a label names a Mesh that is not there",
      .why = "A policy for it holds nowhere; a pod with it cannot start, for its proxy is refused.",
      .remedy = "create the Mesh, or correct the label",
      .check = check};
}

}  // namespace weft::rules
