#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  const auto report = [&out](const Resource& resource, const Value* annotations) {
    if (const Value* wish = get(annotations, "kuma.io/sidecar-injection"))
      out.add(resource, wish, "kuma.io/sidecar-injection is read as a label only");
  };
  for (const Resource* ns : in.all(kinds::ns)) report(*ns, ns->annotations());
  for (const Workload& workload : in.workloads())
    report(*workload.resource, workload.annotations());
}

}  // namespace

Rule wu001() {
  return {.id = "WU001",
          .slug = "injection-annotation",
          .mesh = "Kuma",
          .category = "onboarding",
          .title = "the wish for injection as an annotation",
          .why = "Kuma reads the label; pods stay outside the mesh.",
          .remedy = "make it a label",
          .check = check};
}

}  // namespace weft::rules
