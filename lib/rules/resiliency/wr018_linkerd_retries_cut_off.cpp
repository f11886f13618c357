#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/retry.h"

namespace weft::rules {
namespace {

void check_one(const Resource& resource, Report& out) {
  const Value* one_try = get(resource.annotations(), "retry.linkerd.io/timeout");
  const Value* request = get(resource.annotations(), "timeout.linkerd.io/request");
  const auto limit = milliseconds(one_try);
  const auto whole = milliseconds(request);
  const auto retries = integer(get(resource.annotations(), "retry.linkerd.io/limit")).value_or(1);
  if (!limit || !whole || *limit <= 0 || *whole <= 0) return;
  if (static_cast<double>(retries + 1) * *limit <= *whole) return;
  out.add(
      resource, request,
      fmt::format("{} tries of {} do not fit into {}", retries + 1, text(one_try), text(request)));
}

void check(const Inventory& in, Report& out) {
  for (const GroupKind& kind : {kinds::service, kinds::http_route, kinds::grpc_route,
                                GroupKind{"policy.linkerd.io", "HTTPRoute"}})
    for (const Resource* resource : in.all(kind)) check_one(*resource, out);
}

}  // namespace

Rule wr018() {
  return {.id = "WR018",
          .slug = "linkerd-retries-cut-off",
          .mesh = "Linkerd",
          .category = "resiliency",
          .title = "the request's timeout ends before its retries do",
          .why =
              "limit counts retries, so there is one try more. Those that do not fit into "
              "timeout.linkerd.io/request never run.",
          .remedy =
              "raise timeout.linkerd.io/request to (limit + 1) x retry.linkerd.io/timeout, or "
              "lower the limit",
          .check = check};
}

}  // namespace weft::rules
