#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* ns : in.all(kinds::ns)) {
    const std::string_view injection = ns->label("istio-injection");
    const std::string_view rev = ns->label("istio.io/rev");
    const bool is_ambient = ns->label("istio.io/dataplane-mode") == "ambient";
    std::string found;
    if (injection == "enabled") found += "istio-injection ";
    if (!rev.empty() && injection != "disabled") found += "istio.io/rev ";
    if (is_ambient && injection != "disabled") found += "istio.io/dataplane-mode ";
    if (found.find(' ') + 1 == found.size() || found.empty()) continue;
    found.pop_back();
    out.add(*ns, ns->labels(), fmt::format("it carries {} together", found)).with("labels", found);
  }
}

}  // namespace

Rule wk002() {
  return {.id = "WK002",
          .slug = "namespace-labels-conflict",
          .mesh = "Istio",
          .category = "onboarding",
          .title = "a namespace with several labels that choose how pods join the mesh",
          .why =
              "istio-injection beats a revision, and a sidecar beats ambient; the label that was "
              "set last may do nothing.",
          .remedy = "keep one of them",
          .refs = "IST0123",
          .check = check};
}

}  // namespace weft::rules
