// Raw configuration of Envoy: clusters that a filter calls, and the filter of a WASM module.
//
// A cluster's name has a slash, "shop/reviews-wasm", so that Cilium leaves it as it is.
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/compile/encodings.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::compile {
namespace {

using doc::Value;
using Encoded = std::optional<Value>;

constexpr const char* kType = "@type";
constexpr const char* kTypes = "type.googleapis.com/";

Value typed(std::string_view type) {
  return Value::map().set(kType, fmt::format("{}{}", kTypes, type));
}

const Value* at(const Value& value, std::initializer_list<std::string_view> keys) {
  const Value* found = &value;
  for (const auto key : keys) {
    found = found->find(key);
    if (found == nullptr) return nullptr;
  }
  return found;
}

// Configuration inside a text, as Kuma takes it.
Value as_text(const Value& value) { return doc::write_yaml(value); }
std::optional<Value> parsed(const Value& value) {
  if (!value.is_string()) return {};
  auto read = doc::read_yaml(doc::Source("proxy configuration", value.string()));
  if (!read.ok() || read->size() != 1) return {};
  return std::move(read->front().root);
}

// {service: limits.shop.svc.cluster.local, port: 8081}
struct Host {
  std::string name;
  std::string ns;
  std::int64_t port = 0;
};
Host host_of(const Value& value, const Names& names) {
  const auto labels = base::split(value.find("service")->string(), '.');
  return {std::string(labels[0]), labels.size() > 1 ? std::string(labels[1]) : names.ns,
          value.find("port")->integer()};
}

// How Cilium names the endpoints of a Service: shop/limits:8081.
Encoded to_endpoints_name(const Value& value, Coding& coding) {
  const Host host = host_of(value, coding.names);
  return fmt::format("{}/{}:{}", host.ns, host.name, host.port);
}
Encoded from_endpoints_name(const Value& value, const Coding&) {
  if (!value.is_string()) return {};
  const auto slash = value.string().find('/');
  const auto colon = value.string().view().rfind(':');
  if (slash == std::string::npos || colon == std::string::npos || colon < slash) return {};
  const auto port = base::parse_int(value.string().substr(colon + 1));
  if (!port) return {};
  return Value::map()
      .set("service", fmt::format("{}.{}.svc.cluster.local",
                                  value.string().substr(slash + 1, colon - slash - 1),
                                  value.string().substr(0, slash)))
      .set("port", *port);
}

Encoded to_backend_service(const Value& value, Coding& coding) {
  const Host host = host_of(value, coding.names);
  return Value::map()
      .set("name", host.name)
      .set("namespace", host.ns)
      .set("number", Value::list().push(fmt::format("{}", host.port)));
}

struct Url {
  bool tls = false;
  std::string host;
  std::int64_t port = 0;
};
std::optional<Url> url_of(std::string_view text) {
  Url url;
  url.tls = text.starts_with("https://");
  if (!url.tls && !text.starts_with("http://")) return {};
  text.remove_prefix(url.tls ? 8 : 7);
  const std::string_view authority = text.substr(0, text.find('/'));
  const auto colon = authority.find(':');
  const auto port = colon == std::string_view::npos
                        ? std::optional<std::int64_t>(url.tls ? 443 : 80)
                        : base::parse_int(authority.substr(colon + 1));
  url.host = authority.substr(0, colon);
  if (url.host.empty() || !port) return {};
  url.port = *port;
  return url;
}

Value tls_socket(const std::string& host) {
  constexpr const char* kAuthorities = "/etc/ssl/certs/ca-certificates.crt";
  const Value name =
      Value::map().set("san_type", "DNS").set("matcher", Value::map().set("exact", host));
  const Value validation = Value::map()
                               .set("trusted_ca", Value::map().set("filename", kAuthorities))
                               .set("match_typed_subject_alt_names", Value::list().push(name));
  return Value::map()
      .set("name", "envoy.transport_sockets.tls")
      .set("typed_config",
           typed("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext")
               .set("sni", host)
               .set("common_tls_context", Value::map().set("validation_context", validation)));
}

// The cluster behind a URL; the argument is its name. A file needs none, a module without its
// checksum is not fetched.
Encoded to_cluster(const Value& value, Coding& coding) {
  const Value* module = value.find("module");
  if (module != nullptr && value.find("sha256") == nullptr) return {};
  const auto url = url_of(module == nullptr ? value.string() : module->string());
  if (!url) return {};
  const std::string name = fill(coding.argument, coding.names);
  const Value address = Value::map().set(
      "socket_address", Value::map().set("address", url->host).set("port_value", url->port));
  const Value endpoint = Value::map().set("endpoint", Value::map().set("address", address));
  const Value endpoints =
      Value::list().push(Value::map().set("lb_endpoints", Value::list().push(endpoint)));
  Value cluster = typed("envoy.config.cluster.v3.Cluster")
                      .set("name", name)
                      .set("connect_timeout", "5s")
                      .set("type", "STRICT_DNS")
                      .set("load_assignment",
                           Value::map().set("cluster_name", name).set("endpoints", endpoints));
  if (url->tls) cluster.set("transport_socket", tls_socket(url->host));
  return cluster;
}
// The same as a modification of Kuma.
Encoded to_cluster_text(const Value& value, Coding& coding) {
  auto cluster = to_cluster(value, coding);
  if (!cluster) return {};
  Value untyped = Value::map();
  for (const auto& member : cluster->members())
    if (member.key != kType) untyped.set(member.key, member.value);
  return Value::map().set("operation", "Add").set("value", as_text(untyped));
}
Encoded nothing(const Value&, const Coding&) { return {}; }

// Where Envoy gets {module, sha256} from; the argument is the cluster of a remote one.
Encoded code_of(const Value& value, Coding& coding) {
  const doc::Text& module = value.find("module")->string();
  const Value* digest = value.find("sha256");
  constexpr std::string_view kFile = "file://";
  if (module.starts_with(kFile))
    return Value::map().set("local", Value::map().set("filename", module.substr(kFile.size())));
  if (!url_of(module) || digest == nullptr) {
    coding.losses.push_back(digest == nullptr && url_of(module)
                                ? "sha256 is needed of a module that the proxy fetches"
                                : "the proxy reads modules from file:// and http(s)://, not from " +
                                      module);
    return {};
  }
  const Value where = Value::map()
                          .set("uri", module)
                          .set("cluster", fill(coding.argument, coding.names))
                          .set("timeout", "10s");
  return Value::map().set("remote", Value::map().set("http_uri", where).set("sha256", *digest));
}

// {module, sha256, config, failOpen} as the configuration of the filter.
Encoded to_wasm(const Value& value, Coding& coding) {
  auto code = code_of(value, coding);
  if (!code) return {};
  Value config = Value::map().set("name", coding.names.service);
  if (const Value* open = value.find("failOpen")) config.set("fail_open", *open);
  if (const Value* text = value.find("config"))
    config.set("configuration", typed("google.protobuf.StringValue").set("value", *text));
  config.set("vm_config",
             Value::map().set("runtime", "envoy.wasm.runtime.v8").set("code", std::move(*code)));
  return typed("envoy.extensions.filters.http.wasm.v3.Wasm").set("config", std::move(config));
}
Encoded from_wasm(const Value& value, const Coding&) {
  const Value* uri = at(value, {"config", "vm_config", "code", "remote", "http_uri", "uri"});
  const Value* file = at(value, {"config", "vm_config", "code", "local", "filename"});
  Value result = Value::map();
  if (uri != nullptr)
    result.set("module", *uri);
  else if (file != nullptr && file->is_string())
    result.set("module", "file://" + file->string());
  else
    return {};
  if (const auto* digest = at(value, {"config", "vm_config", "code", "remote", "sha256"}))
    result.set("sha256", *digest);
  if (const auto* text = at(value, {"config", "configuration", "value"}))
    result.set("config", *text);
  if (const auto* open = at(value, {"config", "fail_open"})) result.set("failOpen", *open);
  return result;
}

// The same as a modification of Kuma.
Encoded to_wasm_text(const Value& value, Coding& coding) {
  auto filter = to_wasm(value, coding);
  if (!filter) return {};
  const Value named =
      Value::map().set("name", "envoy.filters.http.wasm").set("typed_config", std::move(*filter));
  return Value::map()
      .set("operation", "AddBefore")
      .set("match", Value::map().set("name", "envoy.filters.http.router").set("origin", "inbound"))
      .set("value", as_text(named));
}
Encoded from_wasm_text(const Value& value, const Coding& coding) {
  const Value* text = value.find("value");
  const auto filter = text == nullptr ? std::nullopt : parsed(*text);
  const Value* config = filter ? filter->find("typed_config") : nullptr;
  return config == nullptr ? std::nullopt : from_wasm(*config, coding);
}

}  // namespace

std::span<const Encoding> envoy_encodings() {
  static constexpr Encoding kEncodings[] = {
      {"endpoints-name", to_endpoints_name, from_endpoints_name},
      {"backend-service", to_backend_service, nothing, true},
      {"remote-cluster", to_cluster, nothing, true},
      {"remote-cluster-text", to_cluster_text, nothing, true},
      {"wasm-filter", to_wasm, from_wasm},
      {"wasm-filter-text", to_wasm_text, from_wasm_text}};
  return kEncodings;
}

}  // namespace weft::compile
