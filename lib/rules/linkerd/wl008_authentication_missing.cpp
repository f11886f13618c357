#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::linkerd_policy)) {
    for (const Value& required : items(get(policy->spec, "requiredAuthenticationRefs"))) {
      const GroupKind kind{text(get(&required, "group")), text(get(&required, "kind"))};
      const Value* name = get(&required, "name");
      const Value* other = get(&required, "namespace");
      const std::string_view ns = other != nullptr ? text(other) : policy->ns;
      const bool is_known = kind == kinds::linkerd_mesh_tls || kind == kinds::linkerd_network ||
                            kind == kinds::service_account;
      // Every namespace has the service account "default" without anybody writing it.
      if (!is_known || text(name).empty() || in.find(kind, ns, text(name)) != nullptr ||
          (kind == kinds::service_account && text(name) == "default"))
        continue;
      out.add(*policy, name, fmt::format("there is no {} {}/{}", kind.kind, ns, text(name)))
          .with("authentication", text(name))
          .absence();
    }
  }
}

}  // namespace

Rule wl008() {
  return {.id = "WL008",
          .slug = "authentication-missing",
          .severity = Severity::error,
          .mesh = "Linkerd",
          .category = "security",
          .title = "a policy demands an authentication that is not there",
          .why = "Nobody can fulfil it: every client is refused.",
          .remedy = "correct the name, or create the object",
          .check = check};
}

}  // namespace weft::rules
