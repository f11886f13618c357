#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* object : in.all({"install.istio.io", "IstioOperator"}))
    out.add(*object, get(object->root, "kind"),
            "only istioctl install -f reads it: applied to a cluster it does nothing");
}

}  // namespace

Rule wd009() {
  return {.id = "WD009",
          .slug = "istio-operator",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "deprecations",
          .title = "an IstioOperator object, whose operator is gone",
          .why =
              "Istio 1.24 removed the operator that ran in the cluster. What is applied with "
              "kubectl or GitOps stays there and changes nothing.",
          .remedy = "move to the Helm charts, or keep the file for istioctl only",
          .check = check};
}

}  // namespace weft::rules
