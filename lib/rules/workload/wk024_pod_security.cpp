#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

bool has_cni_plugin(const Inventory& in) {
  const auto all = in.all({"apps", "DaemonSet"});
  return std::any_of(all.begin(), all.end(), [](const Resource* set) {
    return set->name.find("cni") != std::string_view::npos;
  });
}

void check(const Inventory& in, Report& out) {
  if (has_cni_plugin(in)) return;
  for (const Resource* ns : in.all(kinds::ns)) {
    const Value* level = get(ns->labels(), "pod-security.kubernetes.io/enforce");
    if ((text(level) != "baseline" && text(level) != "restricted") || !is_injected_namespace(*ns))
      continue;
    out.add(*ns, level,
            fmt::format("{} forbids NET_ADMIN, which the injected init container needs without a "
                        "CNI plugin",
                        text(level)))
        .with("level", text(level))
        .absence();
  }
}

}  // namespace

Rule wk024() {
  return {.id = "WK024",
          .slug = "pod-security",
          .mesh = "all",
          .category = "onboarding",
          .title = "an injected namespace whose pod security forbids the init container",
          .why = "The API server refuses every injected pod; only the ReplicaSet's events tell.",
          .remedy = "install the mesh's CNI plugin, which sets up redirection outside the pod",
          .check = check};
}

}  // namespace weft::rules
