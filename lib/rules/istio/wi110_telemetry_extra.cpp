#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_tracing(const Resource& telemetry, Report& out) {
  const Value* tracing = get(telemetry.spec, "tracing");
  if (items(tracing).size() > 1)
    out.add(telemetry, &tracing->items()[1],
            fmt::format("tracing has {} entries, of which the first counts", tracing->size()));
  for (const Value& entry : items(tracing))
    if (const auto providers = items(get(&entry, "providers")); providers.size() > 1)
      out.add(telemetry, &providers[1], "spans go to the first provider only");
}

void check(const Inventory& in, Report& out) {
  for (const Resource* telemetry : in.all(kinds::telemetry)) {
    check_tracing(*telemetry, out);
    for (const Value& metrics : items(get(telemetry->spec, "metrics")))
      for (const Value& entry : items(get(&metrics, "overrides")))
        for (const Member& tag : members(get(&entry, "tagOverrides")))
          if (tag.key.empty())
            out.add(*telemetry, &tag.value, "the override is for a tag without a name");
  }
}

}  // namespace

Rule wi110() {
  return {.id = "WI110",
          .slug = "telemetry-extra",
          .mesh = "Istio",
          .category = "telemetry",
          .title = "entries of a Telemetry that are left out",
          .why = "Istio takes one entry and one provider for tracing; the others get no spans.",
          .remedy = "keep one, and let a collector pass spans on to further systems",
          .refs = "IST0133",
          .check = check};
}

}  // namespace weft::rules
