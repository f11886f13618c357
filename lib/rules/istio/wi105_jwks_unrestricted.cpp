#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  if (in.all(kinds::request_authentication).empty()) return;
  for (const Workload& workload : in.workloads()) {
    if (workload.label("app") != "istiod") continue;
    bool is_restricted = false;
    for (const Value* container : workload.containers())
      for (const Value& variable : items(get(container, "env")))
        is_restricted =
            is_restricted || (text(get(&variable, "name")) == "BLOCKED_CIDRS_IN_JWKS_URIS" &&
                              !text(get(&variable, "value")).empty());
    if (!is_restricted)
      out.add(*workload.resource, nullptr, "fetches the keys of tokens from any address");
  }
}

}  // namespace

Rule wi105() {
  return {
      .id = "WI105",
      .slug = "jwks-unrestricted",
      .mesh = "Istio",
      .category = "security",
      .title = "the control plane fetches keys from any address",
      .why =
          "Whoever may create a RequestAuthentication can make istiod call addresses inside the "
          "network, the cloud's metadata service among them.",
      .remedy = "set BLOCKED_CIDRS_IN_JWKS_URIS on istiod",
      .refs = "IST0175",
      .check = check};
}

}  // namespace weft::rules
