#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    for (const char* field : {"hosts", "notHosts"}) {
      for_each_operation(*policy, field, [&](const Value& value) {
        std::string_view host = text(&value);
        host = host.substr(0, host.find(':'));
        // A name with dots may be any that clients send.
        if (host.empty() || host.find_first_of(".*") != std::string_view::npos ||
            host == "localhost" || !in.hosts().find(host, policy->ns).empty())
          return;
        out.add(*policy, &value, fmt::format("no Service of {} is named {}", policy->ns, host))
            .with("host", host)
            .absence();
      });
    }
  }
}

}  // namespace

Rule wi074() {
  return {.id = "WI074",
          .slug = "policy-host",
          .mesh = "Istio",
          .category = "security",
          .title = "a policy for a host that no Service has",
          .why =
              "Hosts are compared with what clients send. No client can reach this one by that "
              "name, so the rule never matches.",
          .remedy = "correct the name; add the full form if clients use it",
          .refs = "KIA0104",
          .check = check};
}

}  // namespace weft::rules
