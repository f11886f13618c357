#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* gateway : in.all(kinds::gateway)) {
    std::map<std::string, const Value*> first;
    for (const Value& listener : items(get(gateway->spec, "listeners"))) {
      const std::string port = scalar_text(get(&listener, "port"));
      const std::string_view protocol = text(get(&listener, "protocol"));
      const std::string_view transport = protocol == "UDP" ? "UDP" : "TCP";
      const std::string key =
          fmt::format("{}/{} {}", port, transport, text(get(&listener, "hostname")));
      const auto [at, is_new] = first.try_emplace(key, &listener);
      if (is_new) continue;
      out.add(*gateway, &listener,
              fmt::format("the listener {} has this port and hostname already",
                          text(get(at->second, "name"))))
          .with("port", port)
          .with("hostname", text(get(&listener, "hostname")));
    }
  }
}

}  // namespace

Rule wg008() {
  return {.id = "WG008",
          .slug = "listener-conflict",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "gateways",
          .title = "two listeners of a Gateway claim one port and hostname",
          .why = "Both are marked as in conflict and neither is served.",
          .remedy = "give them different ports or hostnames",
          .refs = "KIA1501 KIA1503",
          .check = check};
}

}  // namespace weft::rules
