#include "lib/rules/linkerd/certificates.h"

namespace weft::rules {
namespace {

// The Secrets of the webhooks and of the tap API are named so by the charts.
bool is_of_webhook(const Resource& secret) {
  return secret.name.ends_with("-k8s-tls") &&
         (secret.name.starts_with("linkerd-") || secret.name.starts_with("tap-") ||
          secret.name.starts_with("jaeger-"));
}

void check(const Inventory& in, Report& out) {
  const auto now = in.settings().now;
  if (!now) return;
  for (const Resource* secret : in.all(kinds::secret))
    if (is_of_webhook(*secret))
      check_certificates(*secret, pem_in_secret(*secret, {"tls.crt", "crt.pem"}), *now, out);
  for (const GroupKind& kind : {kinds::mutating_webhook, kinds::validating_webhook})
    for (const Resource* config : in.all(kind))
      for (const Value& webhook : items(get(config->root, "webhooks")))
        if (text(get(&webhook, "name")).ends_with(".linkerd.io"))
          check_certificates(*config, pem_in_bundle(get(&webhook, "clientConfig", "caBundle")),
                             *now, out);
}

}  // namespace

Rule wl016() {
  return {.id = "WL016",
          .slug = "webhook-certificates",
          .mesh = "Linkerd",
          .category = "install",
          .title = "the certificate of a Linkerd webhook that is not valid, or not for long",
          .why =
              "The API server then does not reach the webhook: pods start without a proxy or, "
              "where it must answer, not at all.",
          .remedy = "let cert-manager renew it, or make a new one and restart the control plane",
          .refs =
              "l5d-proxy-injector-webhook-cert-valid l5d-sp-validator-webhook-cert-valid "
              "l5d-policy-validator-webhook-cert-valid l5d-tap-cert-valid",
          .check = check};
}

}  // namespace weft::rules
