#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* split : in.all(kinds::traffic_split)) {
    for (const Value& backend : items(get(split->spec, "backends"))) {
      const Value* service = get(&backend, "service");
      if (text(service).empty() || in.find(kinds::service, split->ns, text(service)) != nullptr)
        continue;
      out.add(*split, service,
              fmt::format("there is no Service {}/{}{}", split->ns, text(service),
                          in.hosts().suggestion(text(service), split->ns)))
          .with("service", text(service))
          .absence();
    }
  }
}

}  // namespace

Rule ws002() {
  return {.id = "WS002",
          .slug = "split-backend",
          .severity = Severity::error,
          .mesh = "SMI",
          .category = "routing",
          .title = "a backend of a TrafficSplit that is not there",
          .why = "Its share of the requests fails.",
          .remedy = "create the Service, or correct the name",
          .check = check};
}

}  // namespace weft::rules
