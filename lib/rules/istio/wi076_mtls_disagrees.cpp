#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"
#include "lib/rules/security/mtls.h"

namespace weft::rules {
namespace {

// What the server demands of all its pods; "" when they differ, may be outside the mesh, or
// have settings by port.
PeerMode demanded(const Inventory& in, const PeerModes& modes, const Resource& service) {
  PeerMode all;
  for (const Workload* workload : in.workloads_of(service)) {
    if (in.in_istio(*workload) != InMesh::yes || in.is_ambient(*workload) ||
        modes.has_port_modes(*workload))
      return {};
    const PeerMode mode = modes.of(*workload);
    if (all.resource != nullptr && mode.mode != all.mode) return {};
    all = mode;
  }
  return all;
}

bool disagree(std::string_view server, std::string_view client) {
  if (server == "STRICT") return client == "DISABLE" || client == "SIMPLE" || client == "MUTUAL";
  return server == "DISABLE" && client == "ISTIO_MUTUAL";
}

void check(const Inventory& in, Report& out) {
  const auto& modes = in.view<PeerModes>();
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* client = get(rule->spec, "trafficPolicy", "tls", "mode");
    const auto hosts = in.hosts().find(text(get(rule->spec, "host")), rule->ns);
    const bool is_one = hosts.size() == 1 && !text(get(rule->spec, "host")).starts_with('*');
    if (client == nullptr || !is_one || !hosts.front()->resource->is(kinds::service)) continue;
    const Resource& service = *hosts.front()->resource;
    const PeerMode server = demanded(in, modes, service);
    if (!disagree(server.mode, text(client))) continue;
    out.add(*rule, client,
            fmt::format("clients use {}, and {} has {} for the pods of {}", text(client),
                        server.resource->title(), server.mode, service.title()))
        .with("peer", server.resource->full_name())
        .with("mode", text(client));
  }
}

}  // namespace

Rule wi076() {
  return {.id = "WI076",
          .slug = "mtls-disagrees",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "security",
          .title = "clients and server disagree about mutual TLS",
          .why =
              "Every connection fails: clients see 503 with connection reset or TLS error, the "
              "server sees nothing.",
          .remedy = "drop tls from the DestinationRule: auto mutual TLS does what the server wants",
          .refs = "IST0113 KIA0205 KIA0206 KIA0207 KIA0208 KIA0401 KIA0501 KIA0505 KIA0506",
          .check = check};
}

}  // namespace weft::rules
