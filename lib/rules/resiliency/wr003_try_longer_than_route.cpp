#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/retry.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const Value& rule : routes(*vs, "http")) {
      const Value* one_try = get(&rule, "retries", "perTryTimeout");
      const auto timeout = milliseconds(get(&rule, "timeout"));
      const auto limit = milliseconds(one_try);
      if (timeout && limit && *timeout > 0 && *limit >= *timeout)
        out.add(*vs, one_try,
                fmt::format("one try may take {}, the whole route {}", text(one_try),
                            text(get(&rule, "timeout"))));
    }
  }
  for (const GroupKind& kind : {kinds::http_route, kinds::grpc_route}) {
    for (const Resource* route : in.all(kind)) {
      for (const Value& rule : items(get(route->spec, "rules"))) {
        const Value* backend = get(&rule, "timeouts", "backendRequest");
        const auto request = milliseconds(get(&rule, "timeouts", "request"));
        const auto limit = milliseconds(backend);
        if (request && limit && *request > 0 && *limit > *request)
          out.add(*route, backend,
                  fmt::format("one try may take {}, the whole request {}", text(backend),
                              text(get(&rule, "timeouts", "request"))));
      }
    }
  }
}

}  // namespace

Rule wr003() {
  return {.id = "WR003",
          .slug = "try-longer-than-route",
          .mesh = "all",
          .category = "resiliency",
          .title = "one try may take as long as the whole request",
          .why = "The request times out with the first try; no retry ever runs.",
          .remedy = "lower the timeout of a try",
          .check = check};
}

}  // namespace weft::rules
