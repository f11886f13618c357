#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_plain(std::string_view protocol) {
  return base::equal_ignoring_case(protocol, "HTTP") ||
         base::equal_ignoring_case(protocol, "HTTP2");
}

// Hosts that one Gateway offers with TLS.
std::set<std::string_view> secured_hosts(const Resource& gateway) {
  std::set<std::string_view> all;
  for (const Value& server : items(get(gateway.spec, "servers")))
    if (base::equal_ignoring_case(text(get(&server, "port", "protocol")), "HTTPS"))
      for (const Value& host : items(get(&server, "hosts"))) all.insert(text(&host));
  return all;
}

// Gateways for which a VirtualService sends browsers on to https.
std::set<const Resource*> redirected(const Inventory& in) {
  std::set<const Resource*> all;
  for (const Resource* vs : in.all(kinds::virtual_service))
    for (const Value& rule : routes(*vs, "http"))
      if (text(get(&rule, "redirect", "scheme")) == "https")
        for (const Value* name : gateways_of(*vs))
          all.insert(gateway_named(in, text(name), vs->ns));
  return all;
}

void check_istio(const Inventory& in, Report& out) {
  const auto done = redirected(in);
  for (const Resource* gateway : in.all(kinds::istio_gateway)) {
    const auto secured = secured_hosts(*gateway);
    for (const Value& server : items(get(gateway->spec, "servers"))) {
      if (!is_plain(text(get(&server, "port", "protocol"))) || done.contains(gateway) ||
          is_true(get(&server, "tls", "httpsRedirect")))
        continue;
      for (const Value& host : items(get(&server, "hosts")))
        if (secured.contains(text(&host)))
          out.add(*gateway, &host,
                  fmt::format("{} has HTTPS, and is answered in plain HTTP too", text(&host)))
              .with("host", text(&host));
    }
  }
}

bool redirects_to_https(const Resource& route) {
  for (const Value& rule : items(get(route.spec, "rules")))
    for (const Value& filter : items(get(&rule, "filters")))
      if (text(get(&filter, "requestRedirect", "scheme")) == "https") return true;
  return false;
}

void check_gateway_api(const Inventory& in, Report& out) {
  std::set<const Resource*> done;
  for (const Resource* route : in.all(kinds::http_route))
    if (redirects_to_https(*route))
      for (const Reference& parent : parents(*route))
        done.insert(in.find(parent.target(), parent.ns, parent.name));
  for (const Resource* gateway : in.all(kinds::gateway)) {
    std::set<std::string_view> secured;
    for (const Value& listener : items(get(gateway->spec, "listeners")))
      if (text(get(&listener, "protocol")) == "HTTPS")
        secured.insert(text(get(&listener, "hostname")));
    for (const Value& listener : items(get(gateway->spec, "listeners"))) {
      const std::string_view host = text(get(&listener, "hostname"));
      if (text(get(&listener, "protocol")) != "HTTP" || !secured.contains(host) ||
          done.contains(gateway))
        continue;
      out.add(*gateway, &listener,
              fmt::format("{} is answered in plain HTTP beside HTTPS",
                          host.empty() ? "every host" : host))
          .with("listener", text(get(&listener, "name")))
          .absence();
    }
  }
}

void check(const Inventory& in, Report& out) {
  check_istio(in, out);
  check_gateway_api(in, out);
}

}  // namespace

Rule wx010() {
  return {.id = "WX010",
          .slug = "plain-listener",
          .mesh = "all",
          .category = "security",
          .title = "a host with HTTPS that is answered in plain HTTP as well",
          .why =
              "Browsers and old links begin with plain HTTP; without a redirect they stay there, "
              "with cookies and all.",
          .remedy =
              "set tls.httpsRedirect on the HTTP server, or an HTTPRoute with requestRedirect to "
              "scheme https",
          .check = check};
}

}  // namespace weft::rules
