#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_for_hosts(std::string_view protocol) {
  return protocol == "HTTP" || protocol == "HTTPS" || protocol == "TLS";
}

void check(const Inventory& in, Report& out) {
  for (const Resource* gateway : in.all(kinds::gateway)) {
    for (const Value& listener : items(get(gateway->spec, "listeners"))) {
      const Value* from = get(&listener, "allowedRoutes", "namespaces", "from");
      if (text(from) != "All" || !text(get(&listener, "hostname")).empty() ||
          !is_for_hosts(text(get(&listener, "protocol"))))
        continue;
      const std::string_view name = text(get(&listener, "name"));
      out.add(*gateway, from,
              fmt::format("routes of every namespace may claim any host on the listener {}", name))
          .with("listener", name);
    }
  }
}

}  // namespace

Rule wx024() {
  return {.id = "WX024",
          .slug = "listener-for-all",
          .mesh = "Gateway API",
          .category = "security",
          .title = "a listener open to all namespaces and all hosts",
          .why =
              "Whoever may write an HTTPRoute anywhere can take requests for a host of somebody "
              "else, or for a path of it that nobody has taken yet.",
          .remedy = "set a hostname, or allow namespaces by a selector",
          .check = check};
}

}  // namespace weft::rules
