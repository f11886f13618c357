#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* policy = get(rule->spec, "trafficPolicy");
    const auto report = [&](const Value* tls) {
      const Value* skip = get(tls, "insecureSkipVerify");
      if (is_true(skip))
        out.add(
            *rule, skip,
            fmt::format("the certificate of {} is not verified", text(get(rule->spec, "host"))));
    };
    report(get(policy, "tls"));
    for (const Value& port : items(get(policy, "portLevelSettings"))) report(get(&port, "tls"));
  }
}

}  // namespace

Rule wx014() {
  return {.id = "WX014",
          .slug = "unverified-tls",
          .mesh = "Istio",
          .category = "security",
          .title = "certificates are not verified",
          .why = "Anybody in between can answer in place of the host.",
          .remedy = "remove insecureSkipVerify and set caCertificates",
          .check = check};
}

}  // namespace weft::rules
