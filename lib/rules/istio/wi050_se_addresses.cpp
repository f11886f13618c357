#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  const std::string_view capture =
      text(get(in.mesh_config(), "defaultConfig", "proxyMetadata", "ISTIO_META_DNS_AUTO_ALLOCATE"));
  if (capture == "true") return;
  for (const Resource* entry : in.all(kinds::service_entry)) {
    if (!items(get(entry->spec, "addresses")).empty() || get(entry->root, "status", "addresses"))
      continue;
    for (const Value& port : items(get(entry->spec, "ports"))) {
      const std::string protocol = base::lower(text(get(&port, "protocol")));
      if (!protocol.empty() && protocol != "tcp") continue;
      out.add(*entry, &port,
              fmt::format("the TCP port {} needs addresses", scalar_text(get(&port, "number"))))
          .with("port", scalar_text(get(&port, "number")));
    }
  }
}

}  // namespace

Rule wi050() {
  return {.id = "WI050",
          .slug = "se-addresses",
          .mesh = "Istio",
          .category = "service entries",
          .title = "a ServiceEntry with a TCP port and no addresses",
          .why =
              "TCP carries no host name. Without an address the proxy takes every connection to "
              "that port, whoever it is for.",
          .remedy = "set addresses, or switch on DNS auto-allocation",
          .refs = "IST0134 IST0133",
          .check = check};
}

}  // namespace weft::rules
