#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::linkerd_policy)) {
    const Value* target = get(policy->spec, "targetRef");
    const Value* ns = get(target, "namespace");
    const std::string_view kind = text(get(target, "kind"));
    const std::string_view name = text(get(target, "name"));
    if (ns != nullptr && text(ns) != policy->ns)
      out.add(*policy, ns, "a target in another namespace is refused");
    else if (kind == "Server" && in.find(kinds::linkerd_server, policy->ns, name) == nullptr)
      out.add(*policy, target, fmt::format("there is no Server {}/{}", policy->ns, name))
          .with("target", name)
          .absence();
  }
}

}  // namespace

Rule wl007() {
  return {.id = "WL007",
          .slug = "policy-target",
          .severity = Severity::error,
          .mesh = "Linkerd",
          .category = "security",
          .title = "an AuthorizationPolicy of Linkerd for a target that is not there",
          .why = "It authorises nothing: clients that it was written for are refused.",
          .remedy = "correct the target; it has to be in the namespace of the policy",
          .check = check};
}

}  // namespace weft::rules
