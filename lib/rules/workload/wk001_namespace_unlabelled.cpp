#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  if (!in.uses("Istio")) return;
  for (const Resource* ns : in.all(kinds::ns)) {
    if (ns->name.starts_with("kube-") || ns->name == in.settings().root_namespace) continue;
    const bool is_labelled = !ns->label("istio-injection").empty() ||
                             !ns->label("istio.io/rev").empty() ||
                             !ns->label("istio.io/dataplane-mode").empty();
    if (!is_labelled)
      out.add(*ns, nullptr, "its pods are in the mesh only if each asks for it")
          .with("namespace", ns->name);
  }
}

}  // namespace

Rule wk001() {
  return {
      .id = "WK001",
      .slug = "namespace-unlabelled",
      .severity = Severity::info,
      .mesh = "Istio",
      .category = "onboarding",
      .title = "a namespace that says nothing about injection",
      .why = "New pods get no proxy, so no mutual TLS, policy or telemetry, and nobody is told.",
      .remedy = "label it istio-injection=enabled, or =disabled to say that it is meant so",
      .refs = "IST0102",
      .check = check};
}

}  // namespace weft::rules
