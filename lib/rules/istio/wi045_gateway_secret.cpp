#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// The entry as text, absent when it is not there; empty when something else has yet to fill it in
// or has encrypted it.
std::optional<std::string> entry_of(const Resource& secret, std::string_view key) {
  if (const Value* plain = get(secret.root, "stringData", key)) return std::string(text(plain));
  const Value* encoded = get(secret.root, "data", key);
  if (encoded == nullptr) return std::nullopt;
  return base::base64_decode(text(encoded)).value_or("");
}

bool is_pem(std::string_view text) { return text.find("-----BEGIN ") != std::string_view::npos; }
bool is_placeholder(std::string_view text) {
  return text.empty() || text.find_first_of("${<[") != std::string_view::npos;
}

// Either pair of names will do: that of Kubernetes, or that of Istio.
std::string problem_of(const Resource& secret) {
  const bool is_generic = entry_of(secret, "cert") && entry_of(secret, "key");
  for (const char* key : {is_generic ? "cert" : "tls.crt", is_generic ? "key" : "tls.key"}) {
    const auto entry = entry_of(secret, key);
    if (!entry) return fmt::format("has no entry {}", key);
    if (!is_pem(*entry) && !is_placeholder(*entry))
      return fmt::format("has no PEM block in {}", key);
  }
  return {};
}

void check(const Inventory& in, Report& out) {
  for (const Credential& credential : gateway_credentials(in)) {
    if (credential.secret == nullptr) continue;
    const Resource& secret = *credential.secret;
    // A manifest may leave the content to a controller.
    const bool is_filled =
        get(secret.root, "data") != nullptr || get(secret.root, "stringData") != nullptr;
    const std::string problem = is_filled ? problem_of(secret) : std::string();
    if (!problem.empty())
      out.add(*credential.gateway, credential.name, fmt::format("{} {}", secret.title(), problem))
          .with("secret", secret.full_name())
          .with("problem", problem);
  }
}

}  // namespace

Rule wi045() {
  return {
      .id = "WI045",
      .slug = "gateway-secret",
      .severity = Severity::error,
      .mesh = "Istio",
      .category = "gateways",
      .title = "the Secret of a Gateway holds no usable certificate",
      .why = "The proxy cannot load it, so it does not open the port, or answers TLS with a reset.",
      .remedy = "fill tls.crt and tls.key with the PEM of the certificate and of its key",
      .refs = "IST0161",
      .check = check};
}

}  // namespace weft::rules
