#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/replicas.h"

namespace weft::rules {
namespace {

constexpr std::int64_t kDefaultPercent = 10;

void check(const Inventory& in, Report& out) {
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* detection = get(rule->spec, "trafficPolicy", "outlierDetection");
    if (detection == nullptr) continue;
    const Value* limit = get(detection, "maxEjectionPercent");
    const std::int64_t percent = integer(limit).value_or(kDefaultPercent);
    for (const Host* host : in.hosts().find(text(get(rule->spec, "host")), rule->ns)) {
      if (!host->resource->is(kinds::service)) continue;
      const auto count = replicas(in, *host->resource);
      if (!count || *count < 2 || percent <= 0 || percent > 100 || percent * *count >= 100)
        continue;
      out.add(*rule, limit == nullptr ? detection : limit,
              fmt::format("{} percent{} of the {} pods of {} is less than one", percent,
                          limit == nullptr ? ", the default," : "", *count, host->name));
      break;
    }
  }
}

}  // namespace

Rule wr012() {
  return {.id = "WR012",
          .slug = "ejection-below-one",
          .mesh = "Istio",
          .category = "resiliency",
          .title = "too few pods for the share that may be ejected",
          .why =
              "The share is of all endpoints of the host. When it comes to less than one, Envoy "
              "ejects a single endpoint at most, newer versions none at all.",
          .remedy = "raise maxEjectionPercent until it covers at least one pod",
          .check = check};
}

}  // namespace weft::rules
