#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  struct Field {
    const char* part;
    const char* name;
  };
  constexpr Field kFields[] = {{"tcp", "maxConnections"},
                               {"http", "http1MaxPendingRequests"},
                               {"http", "maxRequestsPerConnection"}};
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* pool = get(rule->spec, "trafficPolicy", "connectionPool");
    for (const Field& field : kFields) {
      const Value* value = get(pool, field.part, field.name);
      if (integer(value) == 1)
        out.add(*rule, value,
                fmt::format("{} is 1, as in the example of circuit breaking", field.name));
    }
  }
}

}  // namespace

Rule wr013() {
  return {.id = "WR013",
          .slug = "pool-of-one",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "resiliency",
          .title = "a connection pool of one",
          .why =
              "The value comes from a tutorial that wants to show requests being refused. In "
              "production a second request at the same time gets 503, or every request a new "
              "connection.",
          .remedy = "choose limits from measured load",
          .check = check};
}

}  // namespace weft::rules
