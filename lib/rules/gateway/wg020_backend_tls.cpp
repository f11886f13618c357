#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr GroupKind kPolicy{"gateway.networking.k8s.io", "BackendTLSPolicy"};

void check_target(const Inventory& in, const Resource& policy, const Value& target, Report& out) {
  const Value* name = get(&target, "name");
  if (text(get(&target, "kind")) != "Service" || text(name).empty()) return;
  const Resource* service = in.find(kinds::service, policy.ns, text(name));
  if (service == nullptr) {
    out.add(policy, name, fmt::format("there is no Service {}/{}", policy.ns, text(name)))
        .with("target", text(name))
        .absence();
    return;
  }
  const Value* section = get(&target, "sectionName");
  const auto ports = items(get(service->spec, "ports"));
  if (section != nullptr && std::none_of(ports.begin(), ports.end(), [&](const Value& port) {
        return text(get(&port, "name")) == text(section);
      }))
    out.add(policy, section,
            fmt::format("{} has no port named {}", service->title(), text(section)))
        .with("section", text(section));
}

void check_validation(const Inventory& in, const Resource& policy, Report& out) {
  const Value* validation = get(policy.spec, "validation");
  if (validation == nullptr) return;
  if (text(get(validation, "hostname")).empty())
    out.add(policy, validation, "no hostname to verify the certificate against");
  const auto authorities = items(get(validation, "caCertificateRefs"));
  if (authorities.empty() && text(get(validation, "wellKnownCACertificates")).empty())
    out.add(policy, validation, "neither caCertificateRefs nor wellKnownCACertificates");
  for (const Value& authority : authorities) {
    const Value* name = get(&authority, "name");
    const std::string_view kind = text(get(&authority, "kind"));
    if ((kind != "ConfigMap" && kind != "Secret") ||
        in.find({"", kind}, policy.ns, text(name)) != nullptr)
      continue;
    out.add(policy, name, fmt::format("there is no {} {}/{}", kind, policy.ns, text(name)))
        .with("authority", text(name))
        .absence();
  }
}

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kPolicy)) {
    for (const Value& target : items(get(policy->spec, "targetRefs")))
      check_target(in, *policy, target, out);
    check_validation(in, *policy, out);
  }
}

}  // namespace

Rule wg020() {
  return {.id = "WG020",
          .slug = "backend-tls",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "security",
          .title = "a BackendTLSPolicy that cannot verify its backend",
          .why =
              "Without a target it protects nothing; without a hostname or a certificate authority "
              "nothing can be verified, and connections to the backend fail.",
          .remedy =
              "name a Service of the same namespace, its hostname, and a ConfigMap with ca.crt or "
              "wellKnownCACertificates: System",
          .check = check};
}

}  // namespace weft::rules
