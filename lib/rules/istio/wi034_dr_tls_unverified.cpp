#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* tls = get(rule->spec, "trafficPolicy", "tls");
    const std::string_view mode = text(get(tls, "mode"));
    const bool has_secret =
        !text(get(tls, "credentialName")).empty() && get(rule->spec, "workloadSelector") != nullptr;
    if ((mode != "SIMPLE" && mode != "MUTUAL") || has_secret ||
        !text(get(tls, "caCertificates")).empty() || is_true(get(tls, "insecureSkipVerify")))
      continue;
    out.add(*rule, tls,
            fmt::format("TLS to {} in mode {} has no caCertificates", text(get(rule->spec, "host")),
                        mode))
        .with("mode", mode)
        .with("host", text(get(rule->spec, "host")));
  }
}

}  // namespace

Rule wi034() {
  return {.id = "WI034",
          .slug = "dr-tls-unverified",
          .mesh = "Istio",
          .category = "security",
          .title = "TLS to a host whose certificate is not verified",
          .why =
              "Without a certificate authority the proxy may accept any certificate, and with it "
              "anybody who sits in between.",
          .remedy = "set caCertificates, for public hosts to system",
          .refs = "IST0128",
          .check = check};
}

}  // namespace weft::rules
