#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// What a name or appProtocol says the port speaks, when it is surely not HTTP.
bool is_opaque(const Port& port) {
  constexpr std::string_view kOpaque = " tcp mongo mysql redis tls udp ";
  std::string_view protocol = text(get(port.value, "appProtocol"));
  if (protocol.empty() && port.protocol != "TCP" && !port.protocol.empty())
    protocol = port.protocol;  // of a ServiceEntry
  const std::string word =
      base::lower(protocol.empty() ? port.name.substr(0, port.name.find('-')) : protocol);
  return !word.empty() && kOpaque.find(fmt::format(" {} ", word)) != std::string_view::npos;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const std::string_view name = text(get(rule->spec, "host"));
    const auto hosts = in.hosts().find(name, rule->ns);
    if (hosts.size() != 1 || hosts.front()->ports.empty() || name.starts_with('*')) continue;
    const auto& ports = hosts.front()->ports;
    const Value* policy = get(rule->spec, "trafficPolicy");
    const Value* settings = get(policy, "connectionPool", "http");
    if (settings != nullptr && std::all_of(ports.begin(), ports.end(), is_opaque))
      out.add(*rule, settings, fmt::format("no port of {} speaks HTTP", hosts.front()->name));
    for (const Value& level : items(get(policy, "portLevelSettings"))) {
      const Value* inner = get(&level, "connectionPool", "http");
      const auto number = integer(get(&level, "port", "number"));
      if (inner == nullptr || !number) continue;
      if (std::any_of(ports.begin(), ports.end(),
                      [&](const Port& port) { return port.number == *number && is_opaque(port); }))
        out.add(*rule, inner, fmt::format("port {} does not speak HTTP", *number));
    }
  }
}

}  // namespace

Rule wp016() {
  return {.id = "WP016",
          .slug = "http-pool-of-tcp",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "performance",
          .title = "HTTP settings of a pool for a port without HTTP",
          .why = "They are passed over; only the tcp part of connectionPool holds.",
          .remedy = "use connectionPool.tcp, or correct the protocol of the port",
          .refs = "IST0133",
          .check = check};
}

}  // namespace weft::rules
