#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_annotations(const Resource& resource, const Value* annotations, Report& out) {
  for (const Member& annotation : members(annotations))
    if (annotation.key.starts_with("mesh.traefik.io/"))
      out.add(resource, &annotation.value,
              fmt::format("{} is read from Services only", annotation.key))
          .with("annotation", annotation.key);
}

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    check_annotations(*workload.resource, workload.resource->annotations(), out);
    if (!workload.is_pod()) check_annotations(*workload.resource, workload.annotations(), out);
  }
}

}  // namespace

Rule wt002() {
  return {.id = "WT002",
          .slug = "traefik-annotation-misplaced",
          .mesh = "Traefik Mesh",
          .category = "annotations",
          .title = "an annotation of Traefik Mesh on a workload",
          .why =
              "Traefik Mesh has no sidecars: it reads the annotations of Services only, and passes "
              "over this one.",
          .remedy = "move it to the Service",
          .check = check};
}

}  // namespace weft::rules
