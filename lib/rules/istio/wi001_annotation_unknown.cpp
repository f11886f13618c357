#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/annotations.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for_each_annotation(in, [&out](const Resource& resource, const Member& annotation) {
    if (!is_istio_domain(annotation.key) || find_annotation(annotation.key) != nullptr) return;
    out.add(resource, &annotation.value,
            fmt::format("Istio has no annotation {}{}", annotation.key,
                        base::did_you_mean(annotation.key, annotation_names())))
        .with("annotation", annotation.key);
  });
}

}  // namespace

Rule wi001() {
  return {.id = "WI001",
          .slug = "annotation-unknown",
          .mesh = "Istio",
          .category = "annotations",
          .title = "an annotation of Istio that Istio does not know",
          .why = "It is mistyped or gone; nothing reads it.",
          .remedy = "correct its name or remove it",
          .refs = "IST0108",
          .check = check};
}

}  // namespace weft::rules
