#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* split : in.all(kinds::traffic_split)) {
    const Value* service = get(split->spec, "service");
    if (text(service).empty() || !in.hosts().find(text(service), split->ns).empty()) continue;
    out.add(*split, service, fmt::format("there is no Service {}/{}", split->ns, text(service)))
        .with("service", text(service))
        .absence();
  }
}

}  // namespace

Rule ws001() {
  return {.id = "WS001",
          .slug = "split-root",
          .severity = Severity::error,
          .mesh = "SMI",
          .category = "routing",
          .title = "a TrafficSplit of a Service that is not there",
          .why = "Nobody sends requests to it, so nothing is split.",
          .remedy = "name the Service that clients use",
          .check = check};
}

}  // namespace weft::rules
