#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    for (const Value& settings : items(get(rule->spec, "trafficPolicy", "portLevelSettings"))) {
      const Value* tls = get(&settings, "tls");
      const std::string_view mode = text(get(tls, "mode"));
      const bool has_secret = !text(get(tls, "credentialName")).empty() &&
                              get(rule->spec, "workloadSelector") != nullptr;
      if ((mode != "SIMPLE" && mode != "MUTUAL") || has_secret ||
          !text(get(tls, "caCertificates")).empty() || is_true(get(tls, "insecureSkipVerify")))
        continue;
      const std::string port = scalar_text(get(&settings, "port", "number"));
      out.add(*rule, tls,
              fmt::format("TLS to port {} of {} in mode {} has no caCertificates", port,
                          text(get(rule->spec, "host")), mode))
          .with("mode", mode)
          .with("port", port);
    }
  }
}

}  // namespace

Rule wi035() {
  return {.id = "WI035",
          .slug = "dr-port-tls-unverified",
          .mesh = "Istio",
          .category = "security",
          .title = "TLS to a port whose certificate is not verified",
          .why =
              "Without a certificate authority the proxy may accept any certificate, and with it "
              "anybody who sits in between.",
          .remedy = "set caCertificates, for public hosts to system",
          .refs = "IST0129",
          .check = check};
}

}  // namespace weft::rules
