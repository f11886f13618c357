#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/annotations.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for_each_annotation(in, [&out](const Resource& resource, const Member& annotation) {
    const Annotation* known = find_annotation(annotation.key);
    if (known == nullptr) return;
    const std::string problem = annotation_problem(*known, scalar_text(&annotation.value));
    if (problem.empty()) return;
    out.add(resource, &annotation.value, fmt::format("{}: {}", annotation.key, problem))
        .with("annotation", annotation.key)
        .with("problem", problem);
  });
}

}  // namespace

Rule wi003() {
  return {.id = "WI003",
          .slug = "annotation-invalid",
          .mesh = "Istio",
          .category = "annotations",
          .title = "an annotation of Istio with a value that does not parse",
          .why = "The injector refuses the pod, or ignores the annotation.",
          .remedy = "correct the value",
          .refs = "IST0125",
          .check = check};
}

}  // namespace weft::rules
