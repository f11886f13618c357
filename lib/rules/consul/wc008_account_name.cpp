#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kInject = "consul.hashicorp.com/connect-inject";

// The installation logs pods in with an auth method when access control is on.
bool has_access_control(const Inventory& in) {
  const auto accounts = in.all(kinds::service_account);
  return std::any_of(accounts.begin(), accounts.end(), [](const Resource* account) {
    return account->name.ends_with("-auth-method") || account->name.ends_with("-server-acl-init");
  });
}

void check(const Inventory& in, Report& out) {
  const Severity severity = has_access_control(in) ? Severity::error : Severity::info;
  for (const Workload& workload : in.workloads()) {
    const Value* account = get(workload.pod, "serviceAccountName");
    if (workload.annotation(kInject) != "true" || text(account).empty()) continue;
    const auto services = in.services_of(workload);
    std::string_view service = workload.annotation("consul.hashicorp.com/connect-service");
    if (service.empty() && services.size() == 1) service = services.front()->name;
    if (service.empty() || service.find(',') != std::string_view::npos || service == text(account))
      continue;
    out.add(*workload.resource, account,
            fmt::format("the service is {}, the account {}", service, text(account)))
        .as(severity);
  }
}

}  // namespace

Rule wc008() {
  return {
      .id = "WC008",
      .slug = "account-name",
      .mesh = "Consul",
      .category = "onboarding",
      .title = "a service account that is not named like its service",
      .why =
          "With access control on Consul gives a pod a token for the service that its account is "
          "named after. This pod cannot register and does not start.",
      .remedy =
          "name the service account like the service, or set consul.hashicorp.com/connect-service",
      .check = check};
}

}  // namespace weft::rules
