#include <unordered_map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// The wildcard of another HTTPS listener at the same port that covers `host`, or nullptr.
using Wildcards = std::unordered_map<std::string, const Value*>;  // "443 *.example.com"

const Value* cover(const Wildcards& wildcards, std::int64_t port, std::string_view host) {
  const std::size_t start = host.starts_with("*.") ? 2 : 0;
  for (std::size_t dot = host.find('.', start); dot != std::string_view::npos;
       dot = host.find('.', dot + 1)) {
    const auto found = wildcards.find(fmt::format("{} *{}", port, host.substr(dot)));
    if (found != wildcards.end()) return found->second;
  }
  return nullptr;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* gateway : in.all(kinds::gateway)) {
    Wildcards wildcards;
    std::vector<const Value*> listeners;
    for (const Value& listener : items(get(gateway->spec, "listeners"))) {
      if (text(get(&listener, "protocol")) != "HTTPS") continue;
      listeners.push_back(&listener);
      const std::string_view host = text(get(&listener, "hostname"));
      if (host.starts_with("*."))
        wildcards.try_emplace(
            fmt::format("{} {}", integer(get(&listener, "port")).value_or(0), host), &listener);
    }
    for (const Value* listener : listeners) {
      const Value* host = get(listener, "hostname");
      const Value* other = cover(wildcards, integer(get(listener, "port")).value_or(0), text(host));
      if (other != nullptr)
        out.add(*gateway, host,
                fmt::format("listener {} is for {}, which covers {}", text(get(other, "name")),
                            text(get(other, "hostname")), text(host)))
            .with("hostname", text(host));
    }
  }
}

}  // namespace

Rule wg013() {
  return {
      .id = "WG013",
      .slug = "listeners-overlap",
      .mesh = "Gateway API",
      .category = "routing",
      .title = "HTTPS listeners with overlapping hostnames",
      .why =
          "A browser that has a connection to the wildcard's certificate may send requests for the "
          "other host over it. They arrive at the wrong listener and get 404 or 421, now and then.",
      .remedy =
          "give the wildcard a certificate and an address of its own, or serve both by one "
          "listener",
      .check = check};
}

}  // namespace weft::rules
