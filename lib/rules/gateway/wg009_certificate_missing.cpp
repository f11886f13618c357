#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// cert-manager makes the Secret once the Gateway is there.
bool is_issued(const Inventory& in, const Resource& gateway, std::string_view ns,
               std::string_view name) {
  for (const Member& annotation : members(gateway.annotations()))
    if (annotation.key.starts_with("cert-manager.io/")) return true;
  const auto certificates = in.all({"cert-manager.io", "Certificate"});
  return std::any_of(certificates.begin(), certificates.end(), [&](const Resource* one) {
    return one->ns == ns && text(get(one->spec, "secretName")) == name;
  });
}

void check_reference(const Inventory& in, const Resource& gateway, const Value& reference,
                     Report& out) {
  const Value* kind = get(&reference, "kind");
  const std::string_view group = text(get(&reference, "group"));
  const std::string_view name = text(get(&reference, "name"));
  if (name.empty() || !group.empty() || (kind != nullptr && text(kind) != "Secret")) return;
  const Value* other = get(&reference, "namespace");
  const std::string_view ns = other != nullptr ? text(other) : gateway.ns;
  const Resource* secret = in.find(kinds::secret, ns, name);
  const Value* at = get(&reference, "name");
  if (secret == nullptr) {
    if (!is_issued(in, gateway, ns, name))
      out.add(gateway, at, fmt::format("there is no Secret {}/{}", ns, name))
          .with("secret", name)
          .absence();
    return;
  }
  const std::string_view type = text(get(secret->root, "type"));
  if (type != "kubernetes.io/tls")
    out.add(gateway, at,
            fmt::format("{} is of type {}, not kubernetes.io/tls", secret->title(),
                        type.empty() ? "Opaque" : type))
        .with("secret", name);
}

void check(const Inventory& in, Report& out) {
  for (const Resource* gateway : in.all(kinds::gateway))
    for (const Value& listener : items(get(gateway->spec, "listeners")))
      for (const Value& reference : items(get(&listener, "tls", "certificateRefs")))
        check_reference(in, *gateway, reference, out);
}

}  // namespace

Rule wg009() {
  return {
      .id = "WG009",
      .slug = "certificate-missing",
      .severity = Severity::error,
      .mesh = "Gateway API",
      .category = "security",
      .title = "a listener without a usable certificate",
      .why = "The listener is not programmed: clients cannot connect to it at all.",
      .remedy = "create a Secret of type kubernetes.io/tls in the namespace the reference means",
      .check = check};
}

}  // namespace weft::rules
