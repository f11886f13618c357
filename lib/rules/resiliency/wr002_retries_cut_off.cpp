#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/retry.h"

namespace weft::rules {
namespace {

// Envoy waits 25 ms, jittered, before each further try.
constexpr double kBackoffMs = 25;

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const Value& rule : routes(*vs, "http")) {
      const auto timeout = milliseconds(get(&rule, "timeout"));
      const auto one_try = milliseconds(get(&rule, "retries", "perTryTimeout"));
      const auto attempts = integer(get(&rule, "retries", "attempts"));
      if (!timeout || !one_try || !attempts || *timeout <= 0 || *one_try <= 0) continue;
      const auto retries = static_cast<double>(*attempts);
      const double all = (retries + 1) * *one_try + retries * kBackoffMs;
      if (*one_try >= *timeout || all <= *timeout) continue;
      out.add(
          *vs, get(&rule, "retries"),
          fmt::format("{} tries of {} do not fit into the timeout of {}", *attempts + 1,
                      text(get(&rule, "retries", "perTryTimeout")), text(get(&rule, "timeout"))));
    }
  }
}

}  // namespace

Rule wr002() {
  return {.id = "WR002",
          .slug = "retries-cut-off",
          .mesh = "Istio",
          .category = "resiliency",
          .title = "the route's timeout ends before its retries do",
          .why =
              "attempts counts retries, so there is one try more. Those that do not fit into the "
              "timeout never run.",
          .remedy = "raise the timeout to (attempts + 1) x perTryTimeout, or lower attempts",
          .check = check};
}

}  // namespace weft::rules
