#include <unordered_map>

#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  std::unordered_map<std::string, const Resource*> producers;
  const auto key = [](const Resource& route, const Reference& parent) {
    return fmt::format("{} {}/{}", route.kind, parent.ns, parent.name);
  };
  const auto each = [&](bool is_producer, auto visit) {
    for (const Resource* route : routes_of(in))
      for (const Reference& parent : parents(*route))
        if (parent.target() == kinds::service && (parent.ns == route->ns) == is_producer)
          visit(*route, parent);
  };
  each(true, [&](const Resource& route, const Reference& parent) {
    producers.try_emplace(key(route, parent), &route);
  });
  each(false, [&](const Resource& route, const Reference& parent) {
    const auto found = producers.find(key(route, parent));
    if (found != producers.end())
      out.add(route, parent.value,
              fmt::format("for clients in {} it replaces {}", route.ns, found->second->title()))
          .with("service", fmt::format("{}/{}", parent.ns, parent.name));
  });
}

}  // namespace

Rule wg018() {
  return {.id = "WG018",
          .slug = "consumer-route",
          .severity = Severity::info,
          .mesh = "Gateway API",
          .category = "routing",
          .title = "a consumer's route beside the producer's",
          .why =
              "A route in another namespace than its Service holds for clients of that namespace "
              "alone, and there it replaces the route that the owner of the Service wrote: none of "
              "its timeouts, retries or splits is left.",
          .remedy = "repeat in it what should still hold, or drop it",
          .check = check};
}

}  // namespace weft::rules
