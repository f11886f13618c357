#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    for (const char* field : {"principals", "notPrincipals"}) {
      for_each_source(*policy, field, [&](const Value& principal) {
        const auto account = local_account(text(&principal));
        // Every namespace has an account named default.
        if (!account || account->name == "default" ||
            in.find(kinds::service_account, account->ns, account->name) != nullptr)
          return;
        out.add(*policy, &principal,
                fmt::format("there is no ServiceAccount {}/{}", account->ns, account->name))
            .with("principal", text(&principal))
            .absence();
      });
    }
  }
}

}  // namespace

Rule wi072() {
  return {.id = "WI072",
          .slug = "principal-missing",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "security",
          .title = "a policy names a service account that is not there",
          .why =
              "Nobody has that identity: an ALLOW rule lets nobody in, a DENY rule keeps nobody "
              "out.",
          .remedy = "correct the principal: cluster.local/ns/NAMESPACE/sa/ACCOUNT",
          .refs = "KIA0106 KIA0107 KIA0108",
          .check = check};
}

}  // namespace weft::rules
