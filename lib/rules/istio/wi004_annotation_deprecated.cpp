#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/annotations.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for_each_annotation(in, [&out](const Resource& resource, const Member& annotation) {
    const Annotation* known = find_annotation(annotation.key);
    if (known == nullptr || known->instead.empty()) return;
    if (annotation.key == "sidecar.istio.io/inject" && has_inject_label(resource)) return;
    out.add(resource, &annotation.value,
            fmt::format("{} is deprecated: {}", annotation.key, known->instead))
        .with("annotation", annotation.key);
  });
}

}  // namespace

Rule wi004() {
  return {.id = "WI004",
          .slug = "annotation-deprecated",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "annotations",
          .title = "a deprecated annotation of Istio",
          .why = "It goes away with a later release.",
          .remedy = "use what the message names",
          .refs = "IST0135",
          .check = check};
}

}  // namespace weft::rules
