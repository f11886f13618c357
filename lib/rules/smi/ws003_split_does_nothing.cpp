#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_split(const Resource& split, Report& out) {
  const Value* backends = get(split.spec, "backends");
  std::set<std::string_view> seen;
  bool any_weight = false;
  for (const Value& backend : items(backends)) {
    const Value* service = get(&backend, "service");
    const Value* weight = get(&backend, "weight");
    any_weight = any_weight || weight == nullptr || scalar_text(weight) != "0";
    if (!text(service).empty() && !seen.insert(text(service)).second)
      out.add(split, service, fmt::format("{} is a backend twice", text(service)))
          .with("service", text(service));
  }
  if (items(backends).empty()) return;
  if (!any_weight) out.add(split, backends, "every backend has the weight 0");
  if (seen.size() == 1 && items(backends).size() == 1)
    out.add(split, backends, "one backend gets everything").as(Severity::info);
}

void check(const Inventory& in, Report& out) {
  for (const Resource* split : in.all(kinds::traffic_split)) check_split(*split, out);
}

}  // namespace

Rule ws003() {
  return {.id = "WS003",
          .slug = "split-does-nothing",
          .mesh = "SMI",
          .category = "routing",
          .title = "a TrafficSplit that splits nothing",
          .why =
              "With all weights zero nobody answers; with one backend, or one named twice, the "
              "split is not what it looks like.",
          .remedy = "give each backend once, with the share it should get",
          .refs = "osm-webhook",
          .check = check};
}

}  // namespace weft::rules
