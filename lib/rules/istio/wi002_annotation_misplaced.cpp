#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/annotations.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for_each_annotation(in, [&out](const Resource& resource, const Member& annotation) {
    const Annotation* known = find_annotation(annotation.key);
    const bool on_template = resource.kind != "Pod" &&
                             pointer_to(*resource.root, &annotation.value).starts_with("/spec/");
    const std::string_view kind = on_template ? "Pod" : resource.kind;
    if (known == nullptr || applies_to(*known, kind)) return;
    out.add(resource, &annotation.value,
            fmt::format("{} does nothing on a {}, only on {}", annotation.key, kind, known->kinds))
        .with("annotation", annotation.key)
        .with("kind", kind);
  });
}

}  // namespace

Rule wi002() {
  return {
      .id = "WI002",
      .slug = "annotation-misplaced",
      .mesh = "Istio",
      .category = "annotations",
      .title = "an annotation of Istio on a kind that it does not apply to",
      .why = "Most of them belong to pods: on a Deployment they go below spec.template.metadata.",
      .remedy = "move it to the object named, or into the pod template",
      .refs = "IST0107",
      .check = check};
}

}  // namespace weft::rules
