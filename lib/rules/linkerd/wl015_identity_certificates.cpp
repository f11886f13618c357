#include "lib/rules/linkerd/certificates.h"

namespace weft::rules {
namespace {

constexpr std::string_view kSecret = "linkerd-identity-issuer";
constexpr std::string_view kTrustRoots = "linkerd-identity-trust-roots";

void check(const Inventory& in, Report& out) {
  const auto now = in.settings().now;
  if (!now) return;
  for (const Resource* roots : in.all(kinds::config_map))
    if (roots->name == kTrustRoots)
      check_certificates(*roots, pem_in_config(*roots, "ca-bundle.crt"), *now, out);
  for (const Resource* secret : in.all(kinds::secret)) {
    if (secret->name != kSecret) continue;
    const Pem issuer = pem_in_secret(*secret, {"tls.crt", "crt.pem"});
    const bool is_good = check_certificates(*secret, issuer, *now, out);
    const Resource* roots = in.find(kinds::config_map, secret->ns, kTrustRoots);
    const Pem anchors = roots == nullptr ? Pem{} : pem_in_config(*roots, "ca-bundle.crt");
    if (!is_good || issuer.text.empty() || anchors.text.empty()) continue;
    if (!pki::verify_chain(issuer.text, anchors.text, *now, kSecret).ok())
      out.add(*secret, issuer.value, "no trust anchor has signed the issuer")
          .with("anchors", roots->full_name());
  }
}

}  // namespace

Rule wl015() {
  return {.id = "WL015",
          .slug = "identity-certificates",
          .severity = Severity::error,
          .mesh = "Linkerd",
          .category = "security",
          .title = "a trust anchor or issuer that is not valid, or not for long",
          .why =
              "Without a valid issuer no proxy gets a certificate: pods that start stay out of the "
              "mesh, and all others follow within a day. Once the anchor ends, so does all "
              "mutual TLS.",
          .remedy = "make a new issuer, and a new anchor while the old one is still good",
          .refs =
              "l5d-identity-trustAnchors-are-time-valid l5d-identity-issuer-cert-is-time-valid "
              "l5d-identity-issuer-cert-issued-by-trust-anchor "
              "l5d-identity-trustAnchors-not-expiring-soon "
              "l5d-identity-issuer-cert-not-expiring-soon",
          .check = check};
}

}  // namespace weft::rules
