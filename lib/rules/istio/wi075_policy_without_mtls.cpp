#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"
#include "lib/rules/security/mtls.h"
#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

// The first field of the policy that needs to know who calls.
const Value* identity_in(const Resource& policy) {
  const Value* first = nullptr;
  for (const char* field : {"principals", "notPrincipals", "namespaces", "notNamespaces",
                            "serviceAccounts", "notServiceAccounts"})
    for_each_source(policy, field,
                    [&first](const Value& value) { first = first == nullptr ? &value : first; });
  return first;
}

void check(const Inventory& in, Report& out) {
  const auto& modes = in.view<PeerModes>();
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    const Value* identity = identity_in(*policy);
    if (identity == nullptr) continue;
    const auto workloads = selected(in, *policy, get(policy->spec, "selector", "matchLabels"));
    const auto* plain =
        std::find_if(workloads.data(), workloads.data() + workloads.size(),
                     [&](const Workload* w) { return modes.of(*w).mode == "DISABLE"; });
    if (plain == workloads.data() + workloads.size()) continue;
    const PeerMode mode = modes.of(**plain);
    out.add(*policy, identity,
            fmt::format("{} switches mutual TLS off for {}, so callers have no identity there",
                        mode.resource->title(), (*plain)->resource->title()))
        .with("peer", mode.resource->full_name());
  }
}

}  // namespace

Rule wi075() {
  return {
      .id = "WI075",
      .slug = "policy-without-mtls",
      .severity = Severity::error,
      .mesh = "Istio",
      .category = "security",
      .title = "a policy by identity where mutual TLS is off",
      .why =
          "Without mutual TLS every caller is anonymous: rules that allow identities let nobody "
          "in, and rules that deny them keep nobody out.",
      .remedy = "let the PeerAuthentication be STRICT, or PERMISSIVE at least",
      .refs = "KIA0105",
      .check = check};
}

}  // namespace weft::rules
