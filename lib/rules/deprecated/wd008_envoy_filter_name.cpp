#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Renamed {
  std::string_view old;
  std::string_view now;
};

// Envoy's names of before 1.14 (2020).
constexpr Renamed kFilters[] = {
    {"envoy.buffer", "envoy.filters.http.buffer"},
    {"envoy.client_ssl_auth", "envoy.filters.network.client_ssl_auth"},
    {"envoy.cors", "envoy.filters.http.cors"},
    {"envoy.csrf", "envoy.filters.http.csrf"},
    {"envoy.echo", "envoy.filters.network.echo"},
    {"envoy.ext_authz", "envoy.filters.http.ext_authz"},
    {"envoy.fault", "envoy.filters.http.fault"},
    {"envoy.grpc_http1_bridge", "envoy.filters.http.grpc_http1_bridge"},
    {"envoy.grpc_json_transcoder", "envoy.filters.http.grpc_json_transcoder"},
    {"envoy.grpc_web", "envoy.filters.http.grpc_web"},
    {"envoy.gzip", "envoy.filters.http.compressor"},
    {"envoy.health_check", "envoy.filters.http.health_check"},
    {"envoy.http_connection_manager", "envoy.filters.network.http_connection_manager"},
    {"envoy.ip_tagging", "envoy.filters.http.ip_tagging"},
    {"envoy.lua", "envoy.filters.http.lua"},
    {"envoy.mongo_proxy", "envoy.filters.network.mongo_proxy"},
    {"envoy.rate_limit", "envoy.filters.http.ratelimit"},
    {"envoy.ratelimit", "envoy.filters.network.ratelimit"},
    {"envoy.redis_proxy", "envoy.filters.network.redis_proxy"},
    {"envoy.router", "envoy.filters.http.router"},
    {"envoy.squash", "envoy.filters.http.squash"},
    {"envoy.tcp_proxy", "envoy.filters.network.tcp_proxy"},
};

bool adds(std::string_view operation) {
  return operation == "ADD" || operation.starts_with("INSERT_") || operation == "REPLACE";
}

void check_name(const Resource& filter, const Value* name, Report& out) {
  const auto* found = std::find_if(std::begin(kFilters), std::end(kFilters),
                                   [&](const Renamed& it) { return it.old == text(name); });
  if (found != std::end(kFilters))
    out.add(filter, name, fmt::format("{} is now {}", found->old, found->now))
        .with("name", found->old);
}

void check_value(const Resource& filter, const Value& entry, Report& out) {
  const Value* value = get(&entry, "patch", "value");
  const Value* type = get(value, "typed_config", "@type");
  if (text(type).find("envoy.config.filter.") != std::string_view::npos ||
      text(type).find("envoy.api.v2.") != std::string_view::npos)
    out.add(filter, type, fmt::format("{} is of Envoy's API v2, which is gone", text(type)))
        .with("type", text(type));
  const std::string_view apply_to = text(get(&entry, "applyTo"));
  const bool is_filter = apply_to == "HTTP_FILTER" || apply_to == "NETWORK_FILTER";
  if (is_filter && adds(text(get(&entry, "patch", "operation"))) && value != nullptr &&
      get(value, "typed_config") == nullptr && get(value, "config_discovery") == nullptr &&
      get(value, "typedConfig") == nullptr && get(value, "configDiscovery") == nullptr)
    out.add(filter, value, "the filter has no typed_config, and Envoy goes by its type alone");
}

void check(const Inventory& in, Report& out) {
  for (const Resource* filter : in.all(kinds::envoy_filter)) {
    for (const Value& entry : items(get(filter->spec, "configPatches"))) {
      const Value* chain = get(&entry, "match", "listener", "filterChain", "filter");
      check_name(*filter, get(chain, "name"), out);
      check_name(*filter, get(chain, "subFilter", "name"), out);
      check_name(*filter, get(&entry, "patch", "value", "name"), out);
      check_value(*filter, entry, out);
    }
  }
}

}  // namespace

Rule wd008() {
  return {
      .id = "WD008",
      .slug = "envoy-filter-name",
      .mesh = "Istio",
      .category = "deprecations",
      .title = "an EnvoyFilter with names that Envoy no longer has",
      .why =
          "A match by an old name matches nothing and the patch is skipped in silence; a filter "
          "of an old type is refused by the proxy.",
      .remedy = "use the present name and a typed_config of Envoy's API v3",
      .refs = "IST0133",
      .check = check};
}

}  // namespace weft::rules
