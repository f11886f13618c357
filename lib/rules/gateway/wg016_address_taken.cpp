#include <unordered_map>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  std::unordered_map<std::string, const Resource*> owners;
  for (const Resource* gateway : in.all(kinds::gateway)) {
    for (const Value& address : items(get(gateway->spec, "addresses"))) {
      const Value* value = get(&address, "value");
      if (text(value).empty()) continue;
      const auto [owner, is_first] = owners.try_emplace(base::lower(text(value)), gateway);
      if (is_first || owner->second == gateway) continue;
      out.add(*gateway, value, fmt::format("{} has it too", owner->second->title()))
          .with("address", text(value));
    }
  }
}

}  // namespace

Rule wg016() {
  return {.id = "WG016",
          .slug = "address-taken",
          .mesh = "Gateway API",
          .category = "routing",
          .title = "two Gateways ask for one address",
          .why =
              "One of them gets it; the other stays without an address, or both answer for each "
              "other's hosts.",
          .remedy = "give each an address of its own, or make them one Gateway with more listeners",
          .refs = "KIA1502",
          .check = check};
}

}  // namespace weft::rules
