#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const auto& [gateway, name, ns, secret] : gateway_credentials(in))
    if (secret == nullptr)
      out.add(*gateway, name, fmt::format("there is no Secret {}/{}", ns, text(name)))
          .with("reftype", "credentialName")
          .with("refval", text(name))
          .absence();
}

}  // namespace

Rule wi044() {
  return {.id = "WI044",
          .slug = "gateway-secret-missing",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "gateways",
          .title = "the certificate of a Gateway is not where its pods are",
          .why =
              "The gateway cannot complete a TLS handshake. The Secret belongs into the "
              "namespace of the gateway's pods, not of the Gateway object.",
          .remedy = "create the Secret in the namespace of the gateway's pods",
          .refs = "IST0101",
          .check = check};
}

}  // namespace weft::rules
