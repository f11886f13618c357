#include "lib/base/format.h"
#include "lib/rules/consul/consul.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  const ConsulProtocols protocols(in);
  for (const char* kind : {"ServiceRouter", "ServiceSplitter"}) {
    for (const Resource* entry : in.all({kConsulGroup, kind})) {
      const auto written = protocols.find(entry->name);
      const std::string_view protocol = written.value_or("tcp");
      if (protocol == "http" || protocol == "http2" || protocol == "grpc") continue;
      Finding& finding = out.add(*entry, nullptr,
                                 fmt::format("the protocol of {} is {}{}", entry->name, protocol,
                                             written ? "" : ", the default"));
      if (!written) finding.absence();
    }
  }
}

}  // namespace

Rule wc001() {
  return {.id = "WC001",
          .slug = "router-protocol",
          .severity = Severity::error,
          .mesh = "Consul",
          .category = "routing",
          .title = "a router or splitter for a service without HTTP",
          .why =
              "Consul refuses the entry: it can route requests only where the protocol is http, "
              "http2 or grpc, and a service is tcp unless something says otherwise.",
          .remedy = "set protocol: http in the ServiceDefaults of the service, or in ProxyDefaults",
          .refs = "consul:config-entry-write",
          .check = check};
}

}  // namespace weft::rules
