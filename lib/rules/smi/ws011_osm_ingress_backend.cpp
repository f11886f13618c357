#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_backend(const Resource& ingress, const Value& backend, bool has_principal, Report& out) {
  const std::string_view name = text(get(&backend, "name"));
  const Value* protocol = get(&backend, "port", "protocol");
  const std::string word = base::lower(text(protocol));
  if (protocol != nullptr && word != "http" && word != "https")
    out.add(ingress, protocol, fmt::format("{} is neither http nor https", scalar_text(protocol)))
        .with("backend", name);
  const Value* skip = get(&backend, "tls", "skipClientCertValidation");
  if (word == "https" && !is_true(skip) && !has_principal)
    out.add(ingress, skip != nullptr ? skip : &backend,
            "client certificates are verified, and no AuthenticatedPrincipal is a source")
        .with("backend", name);
}

void check(const Inventory& in, Report& out) {
  for (const Resource* ingress : in.all({"policy.openservicemesh.io", "IngressBackend"})) {
    const auto sources = items(get(ingress->spec, "sources"));
    const bool has_principal = std::any_of(sources.begin(), sources.end(), [](const Value& source) {
      return text(get(&source, "kind")) == "AuthenticatedPrincipal";
    });
    std::set<std::string> seen;
    for (const Value& backend : items(get(ingress->spec, "backends"))) {
      check_backend(*ingress, backend, has_principal, out);
      const std::string place = fmt::format("{}:{}", text(get(&backend, "name")),
                                            scalar_text(get(&backend, "port", "number")));
      if (!seen.insert(place).second)
        out.add(*ingress, &backend, fmt::format("{} stands above", place)).with("place", place);
    }
  }
}

}  // namespace

Rule ws011() {
  return {
      .id = "WS011",
      .slug = "osm-ingress-backend",
      .severity = Severity::error,
      .mesh = "OSM",
      .category = "routing",
      .title = "an IngressBackend that OSM refuses",
      .why =
          "The webhook rejects the object: ingress traffic to the backend gets 404 or is refused.",
      .remedy =
          "name each Service and port once, with protocol http or https; with client certificates "
          "list AuthenticatedPrincipal sources",
      .refs = "osm-webhook",
      .check = check};
}

}  // namespace weft::rules
