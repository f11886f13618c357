#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/protocol.h"

namespace weft::rules {
namespace {

struct WellKnown {
  std::int64_t port;
  std::string_view what;
  bool server_first;  // waits for nobody, so there is nothing to guess the protocol from
};

constexpr WellKnown kPorts[] = {
    {25, "SMTP", true},
    {587, "SMTP", true},
    {3306, "MySQL", true},
    {4444, "Galera", true},
    {5432, "PostgreSQL", false},
    {6379, "Redis", false},
    {9300, "Elasticsearch", false},
    {11211, "Memcached", false},
};

const WellKnown* well_known(const Value& port) {
  for (const char* field : {"targetPort", "port"})
    for (const WellKnown& known : kPorts)
      if (integer(get(&port, field)) == known.port) return &known;
  return nullptr;
}

bool claims_http(const Value& port) {
  std::string_view name = text(get(&port, "appProtocol"));
  if (name.empty()) name = text(get(&port, "name"));
  const std::string protocol = base::lower(name.substr(0, name.find('-')));
  return protocol == "http" || protocol == "http2" || protocol == "grpc";
}

bool is_guessed(const Value& port) {
  return get(&port, "appProtocol") == nullptr && !names_protocol(text(get(&port, "name")));
}

void check(const Inventory& in, Report& out) {
  if (!in.uses("Istio")) return;
  for (const Resource* service : in.all(kinds::service)) {
    for (const Value& port : items(get(service->spec, "ports"))) {
      const WellKnown* known = is_proxied(port) ? well_known(port) : nullptr;
      if (known == nullptr) continue;
      const Value* name = get(&port, "name");
      const Value* at = name == nullptr ? &port : name;
      if (claims_http(port))
        out.add(*service, at,
                fmt::format("port {} is {}, and the proxy will read it as HTTP", known->port,
                            known->what))
            .with("port", fmt::format("{}", known->port));
      else if (known->server_first && is_guessed(port))
        out.add(*service, at,
                fmt::format("port {} is {}, where the server speaks first: the proxy waits for the "
                            "client to guess the protocol",
                            known->port, known->what))
            .with("port", fmt::format("{}", known->port));
    }
  }
}

}  // namespace

Rule wk025() {
  return {
      .id = "WK025",
      .slug = "server-first",
      .mesh = "Istio",
      .category = "onboarding",
      .title = "a well-known port that is not HTTP and not said to be TCP",
      .why =
          "Read as HTTP every connection fails. Left to guessing, a server that speaks first is "
          "heard only after a timeout on each connection, or never with PERMISSIVE mutual TLS.",
      .remedy = "name the port tcp-..., or set appProtocol: tcp",
      .check = check};
}

}  // namespace weft::rules
