#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/injector.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

std::set<std::string_view> namespaces_with(const Inventory& in, const GroupKind& kind) {
  std::set<std::string_view> all;
  for (const Resource* policy : in.all(kind)) all.insert(policy->ns);
  return all;
}

bool is_in_istio(const Resource& ns) {
  return has_mesh_label(ns) && ns.label("istio-injection") != "disabled" &&
         ns.label("istio.io/dataplane-mode") != "none";
}

void check(const Inventory& in, Report& out) {
  const auto istio = namespaces_with(in, kinds::authorization_policy);
  const auto linkerd = namespaces_with(in, kinds::linkerd_policy);
  for (const Resource* ns : in.all(kinds::ns)) {
    const bool open_istio = is_in_istio(*ns) && !istio.contains(ns->name) &&
                            !istio.contains(in.settings().root_namespace);
    const bool open_linkerd = ns->annotation("linkerd.io/inject") == "enabled" &&
                              ns->annotation("config.linkerd.io/default-inbound-policy").empty() &&
                              !linkerd.contains(ns->name);
    if (open_istio || open_linkerd)
      out.add(*ns, nullptr, "no authorization policy is for its workloads: every caller is let in")
          .with("namespace", ns->name)
          .absence();
  }
}

}  // namespace

Rule wx006() {
  return {.id = "WX006",
          .slug = "no-authorization",
          .mesh = "all",
          .category = "security",
          .title = "a namespace of the mesh without any authorization policy",
          .why =
              "Mutual TLS tells who calls, but lets all of them in: one pod that is taken over "
              "reaches every service.",
          .remedy =
              "begin with a policy that allows nothing (Istio: spec: {}; Linkerd: "
              "default-inbound-policy: deny), then allow what is needed",
          .refs = "KIA1301",
          .check = check};
}

}  // namespace weft::rules
