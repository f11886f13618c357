#include "lib/rules/inventory.h"
#include "lib/rules/istio/injector.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  const auto values = injector_values(in);
  if (!values ||
      !is_true(get(&values->root, "sidecarInjectorWebhook", "enableNamespacesByDefault")))
    return;
  for (const Resource* ns : in.all(kinds::ns))
    if (!has_mesh_label(*ns) && !ns->name.starts_with("kube-") &&
        ns->name != in.settings().root_namespace)
      out.add(*ns, nullptr,
              "is injected only because the injector takes every namespace that says nothing")
          .with("namespace", ns->name);
}

}  // namespace

Rule wk004() {
  return {.id = "WK004",
          .slug = "injected-by-default",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "onboarding",
          .title = "a namespace that is injected without saying so",
          .why =
              "enableNamespacesByDefault decides it. Whoever reads the namespace does not see that "
              "its pods get a proxy, and they lose it when the setting changes.",
          .remedy = "label it istio-injection=enabled, or =disabled",
          .refs = "IST0148",
          .check = check};
}

}  // namespace weft::rules
