#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  const auto report = [&out](const Resource& resource, const Value* labels) {
    for (const Member& label : members(labels))
      // The webhooks themselves look for that one among the labels of namespaces.
      if ((label.key == "linkerd.io/inject" || label.key.starts_with("config.linkerd.io/")) &&
          label.key != "config.linkerd.io/admission-webhooks")
        out.add(resource, &label.value, fmt::format("{} is read as an annotation only", label.key))
            .with("label", label.key);
  };
  for (const Resource* ns : in.all(kinds::ns)) report(*ns, ns->labels());
  for (const Workload& workload : in.workloads()) report(*workload.resource, workload.labels());
  for (const Resource* service : in.all(kinds::service)) {
    report(*service, service->labels());
    if (const Value* exported = get(service->annotations(), "mirror.linkerd.io/exported"))
      out.add(*service, exported, "mirror.linkerd.io/exported is read as a label only");
  }
}

}  // namespace

Rule wl001() {
  return {.id = "WL001",
          .slug = "annotation-as-label",
          .mesh = "Linkerd",
          .category = "annotations",
          .title = "an annotation of Linkerd set as a label, or the reverse",
          .why = "Linkerd looks in one place only and passes over the other.",
          .remedy = "move it",
          .refs = "l5d-data-plane-pod-labels l5d-data-plane-services-labels",
          .check = check};
}

}  // namespace weft::rules
