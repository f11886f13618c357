#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

std::string certificate_of(const Value& server) {
  const Value* tls = get(&server, "tls");
  const std::string_view name = text(get(tls, "credentialName"));
  if (!name.empty()) return std::string(name);
  const std::string_view certificate = text(get(tls, "serverCertificate"));
  return certificate.empty() ? "" : fmt::format("{} {}", certificate, text(get(tls, "privateKey")));
}

void check(const Inventory& in, Report& out) {
  std::map<std::string, std::map<const Resource*, const Value*>> users;
  for (const Resource* gateway : in.all(kinds::istio_gateway)) {
    const Value* selector = get(gateway->spec, "selector");
    for (const Value& server : items(get(gateway->spec, "servers"))) {
      const std::string certificate = certificate_of(server);
      if (certificate.empty() || selector == nullptr) continue;
      users[canonical(*selector) + ' ' + certificate].try_emplace(gateway, get(&server, "tls"));
    }
  }
  for (const auto& [key, gateways] : users) {
    if (gateways.size() < 2) continue;
    for (const auto& [gateway, tls] : gateways)
      out.add(*gateway, tls,
              fmt::format("{} Gateways of these pods use this certificate", gateways.size()))
          .with("certificate", key);
  }
}

}  // namespace

Rule wi043() {
  return {.id = "WI043",
          .slug = "gateway-certificate-twice",
          .mesh = "Istio",
          .category = "gateways",
          .title = "one certificate on two Gateways of the same pods",
          .why =
              "Browsers reuse an HTTP/2 connection for every host of the certificate; requests "
              "for hosts of the other Gateway then get 404.",
          .remedy = "put all hosts of the certificate into one Gateway",
          .refs = "IST0138",
          .check = check};
}

}  // namespace weft::rules
