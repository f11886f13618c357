#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// The suites of TLS 1.2 that Envoy can offer; it has no say over those of 1.3.
constexpr std::string_view kCiphers[] = {
    "AES128-GCM-SHA256",
    "AES128-SHA",
    "AES256-GCM-SHA384",
    "AES256-SHA",
    "ALL",
    "DES-CBC3-SHA",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES256-SHA",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-SHA",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-SHA",
    "ECDHE-RSA-CHACHA20-POLY1305",
};

void check_ciphers(const Resource& gateway, const Value* tls, Report& out) {
  std::set<std::string_view> seen;
  for (const Value& cipher : items(get(tls, "cipherSuites"))) {
    const std::string_view name = text(&cipher);
    if (std::find(std::begin(kCiphers), std::end(kCiphers), name) == std::end(kCiphers))
      out.add(gateway, &cipher, fmt::format("{} is no cipher suite that Envoy has", name))
          .with("cipher", name);
    else if (!seen.insert(name).second)
      out.add(gateway, &cipher, fmt::format("{} stands in the list twice", name))
          .with("cipher", name);
  }
}

void check_certificates(const Resource& gateway, const Value* tls, Report& out) {
  const std::string_view mode = text(get(tls, "mode"));
  if (mode == "PASSTHROUGH" || mode == "AUTO_PASSTHROUGH" || mode == "ISTIO_MUTUAL")
    for (const char* field :
         {"credentialName", "credentialNames", "serverCertificate", "privateKey", "caCertificates"})
      if (const Value* value = get(tls, field))
        out.add(gateway, value, fmt::format("{} has no effect in mode {}", field, mode))
            .with("field", field);
  for (const char* field : {"credentialNames", "tlsCertificates"})
    if (const Value* list = get(tls, field); items(list).size() > 2)
      out.add(gateway, list,
              fmt::format("{} are given: Envoy takes two, one RSA and one ECDSA",
                          base::plural(list->size(), "certificate")));
}

void check(const Inventory& in, Report& out) {
  for (const Resource* gateway : in.all(kinds::istio_gateway)) {
    for (const Value& server : items(get(gateway->spec, "servers"))) {
      const Value* tls = get(&server, "tls");
      const std::string protocol = base::lower(text(get(&server, "port", "protocol")));
      const Value* redirect = get(tls, "httpsRedirect");
      if (is_true(redirect) && !protocol.empty() && protocol != "http" && protocol != "http2" &&
          protocol != "grpc")
        out.add(*gateway, redirect,
                fmt::format("httpsRedirect does nothing on a port of protocol {}",
                            text(get(&server, "port", "protocol"))));
      check_ciphers(*gateway, tls, out);
      check_certificates(*gateway, tls, out);
    }
  }
}

}  // namespace

Rule wi028() {
  return {.id = "WI028",
          .slug = "gateway-tls",
          .mesh = "Istio",
          .category = "gateways",
          .title = "TLS settings of a Gateway's server that have no effect",
          .why =
              "Istio accepts them and leaves them out, so clients meet another certificate, other "
              "ciphers or no redirect.",
          .remedy = "put httpsRedirect on the HTTP port; drop what the mode or Envoy does not use",
          .refs = "IST0133",
          .check = check};
}

}  // namespace weft::rules
