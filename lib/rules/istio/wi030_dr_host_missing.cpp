#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* host = get(rule->spec, "host");
    if (text(host).empty() || !in.hosts().find(text(host), rule->ns).empty()) continue;
    out.add(*rule, host,
            fmt::format("no Service or ServiceEntry that is visible from {} has the host {}{}",
                        rule->ns, text(host), in.hosts().suggestion(text(host), rule->ns)))
        .with("host", text(host))
        .absence();
  }
}

}  // namespace

Rule wi030() {
  return {.id = "WI030",
          .slug = "dr-host-missing",
          .mesh = "Istio",
          .category = "traffic policy",
          .title = "a DestinationRule for a host that is not there",
          .why = "Its settings, mutual TLS among them, apply to nothing.",
          .remedy = "correct the host: name.namespace.svc.cluster.local",
          .refs = "IST0174 KIA0202",
          .check = check};
}

}  // namespace weft::rules
