#include "lib/conform/envoy.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/identity.h"
#include "lib/conform/reference_text.h"
#include "lib/doc/write.h"

namespace weft::conform {
namespace {

using doc::Value;

constexpr const char* kExtensions = "type.googleapis.com/envoy.extensions.";

Value map(const std::string& key, Value value) { return Value::map().set(key, std::move(value)); }
Value list(Value only) { return Value::list().push(std::move(only)); }
Value list_of(std::vector<Value> values) {
  Value out = Value::list();
  for (Value& one : values) out.push(std::move(one));
  return out;
}
// A map that says of what type it is.
Value typed(std::string_view type, Value value) {
  Value out = map("@type", kExtensions + std::string(type));
  for (doc::Member& member : value.members()) out.set(member.key, std::move(member.value));
  return out;
}
Value extension(const char* name, std::string_view type, Value value) {
  return Value::map().set("name", name).set("typed_config", typed(type, std::move(value)));
}
Value address(const std::string& host, std::uint16_t port) {
  return map("socket_address",
             Value::map().set("address", host).set("port_value", std::int64_t{port}));
}
Value inline_text(const std::string& text) { return map("inline_string", text); }

std::vector<Value> items_of(const Value& of, std::string_view key) {
  const auto items = list_in(of, key);
  return {items.begin(), items.end()};
}

Value cluster(const std::string& name, const std::string& host, std::uint16_t port) {
  Value endpoint = map("endpoint", map("address", address(host, port)));
  return Value::map()
      .set("@type", "type.googleapis.com/envoy.config.cluster.v3.Cluster")
      .set("name", name)
      .set("connect_timeout", "5s")
      .set("load_assignment",
           Value::map()
               .set("cluster_name", name)
               .set("endpoints", list(map("lb_endpoints", list(std::move(endpoint))))));
}

}  // namespace

class EnvoyWriter {
 public:
  EnvoyWriter(const ReferenceMesh& mesh, const MeshPod& pod, const EnvoyCertificates& certificates)
      : mesh_(mesh), pod_(pod), certificates_(certificates) {}

  Value clusters() const {
    Value out = list(cluster("own", "127.0.0.1", mesh_.options().port));
    for (const MeshPod& pod : mesh_.pods()) {
      Value one = cluster(pod.name, pod.address, mesh_.options().port);
      if (!pod.outside && !pod_.outside) one.set("transport_socket", client_tls(pod));
      out.push(std::move(one));
    }
    return out;
  }

  Value listeners() const {
    Value out = list(inbound());
    for (const auto& [name, service] : mesh_.services())
      if (!service.address.empty()) out.push(outbound(name, service.address));
    return out;
  }

 private:
  std::string identity(const MeshPod& pod) const {
    return spiffe_id({mesh_.space_of(pod), pod.account, pod.name});
  }

  // One's own certificate, and whose of the others are taken.
  Value common_tls(Value wanted) const {
    const pki::Issued& own = certificates_.own.at(pod_.name);
    wanted.set("trusted_ca", inline_text(certificates_.root));
    return Value::map()
        .set("tls_certificates", list(Value::map()
                                          .set("certificate_chain", inline_text(own.certificate))
                                          .set("private_key", inline_text(own.key))))
        .set("validation_context", std::move(wanted));
  }

  Value client_tls(const MeshPod& server) const {
    Value name = Value::map().set("san_type", "URI").set("matcher", map("exact", identity(server)));
    return extension("tls", "transport_sockets.tls.v3.UpstreamTlsContext",
                     map("common_tls_context",
                         common_tls(map("match_typed_subject_alt_names", list(std::move(name))))));
  }

  Value connection_manager(std::vector<Value> routes, std::vector<Value> filters,
                           bool tells_caller) const {
    filters.push_back(extension("router", "filters.http.router.v3.Router", Value::map()));
    Value host = Value::map().set("name", "all").set("domains", list("*"));
    host.set("routes", list_of(std::move(routes)));
    Value out = Value::map()
                    .set("stat_prefix", "http")
                    .set("route_config", map("virtual_hosts", list(std::move(host))))
                    .set("http_filters", list_of(std::move(filters)));
    if (tells_caller)
      out.set("forward_client_cert_details", "SANITIZE_SET")
          .set("set_current_client_cert_details", map("uri", true));
    return extension("http", "filters.network.http_connection_manager.v3.HttpConnectionManager",
                     std::move(out));
  }

  // What arrives for the application.
  Value inbound() const {
    const bool takes_tls = !pod_.outside;
    const bool takes_plain = pod_.outside || mesh_.options().mtls != Mtls::strict;
    std::vector<Value> filters;
    if (mesh_.options().deny && !pod_.outside)
      filters.push_back(extension("rbac", "filters.http.rbac.v3.RBAC", map("rules", policies())));
    Value to_own =
        Value::map().set("match", map("prefix", "/")).set("route", map("cluster", "own"));
    const Value manager = connection_manager({to_own}, filters, true);
    Value chains = Value::list();
    const auto chain = [&](const char* protocol) {
      return Value::map()
          .set("filter_chain_match", map("transport_protocol", protocol))
          .set("filters", list(manager));
    };
    if (takes_tls) {
      Value tls = Value::map()
                      .set("require_client_certificate", true)
                      .set("common_tls_context", common_tls(Value::map()));
      chains.push(chain("tls").set(
          "transport_socket",
          extension("tls", "transport_sockets.tls.v3.DownstreamTlsContext", std::move(tls))));
    }
    if (takes_plain) chains.push(chain("raw_buffer"));
    return listener("inbound", pod_.address, std::move(chains));
  }

  Value listener(const std::string& name, const std::string& host, Value chains) const {
    return Value::map()
        .set("@type", "type.googleapis.com/envoy.config.listener.v3.Listener")
        .set("name", name)
        .set("address", address(host, mesh_.options().port))
        .set("listener_filters",
             list(extension("tls", "filters.listener.tls_inspector.v3.TlsInspector", Value::map())))
        .set("filter_chains", std::move(chains));
  }

  // Whom TrafficTargets let in; nobody without any.
  Value policies() const {
    Value out = Value::map();
    for (const kube::Object* object : mesh_.all("TrafficTarget")) {
      const Value& target = body_of(*object);
      const Value* destination = target.find("destination");
      if (destination == nullptr || text_in(*destination, "name") != pod_.account) continue;
      Value callers = Value::list();
      for (const Value& source : items_of(target, "sources"))
        for (const MeshPod& pod : mesh_.pods())
          if (pod.account == text_in(source, "name"))
            callers.push(map("authenticated", map("principal_name", map("exact", identity(pod)))));
      Value permissions = Value::list();
      for (const char* key : {"rules", "specs"})
        for (const Value& rule : items_of(target, key)) add_permissions(rule, permissions);
      if (callers.size() > 0 && permissions.size() > 0)
        out.set(std::string(kube::name_of(*object)),
                Value::map().set("permissions", permissions).set("principals", callers));
    }
    return Value::map().set("action", "ALLOW").set("policies", std::move(out));
  }

  void add_permissions(const Value& rule, Value& out) const {
    if (text_in(rule, "kind") == "TCPRoute") {
      const kube::Object* route = mesh_.find("TCPRoute", text_in(rule, "name"));
      if (route == nullptr) return;
      const Value* matches = body_of(*route).find("matches");
      const auto ports = matches == nullptr ? std::vector<Value>() : items_of(*matches, "ports");
      if (ports.empty()) out.push(map("any", true));
      for (const Value& port : ports) out.push(map("destination_port", port));
      return;
    }
    const auto names = items_of(rule, "matches");
    for (const Value& match : matches_of(text_in(rule, "name")))
      if (names.empty() || std::ranges::count(names, Value(text_in(match, "name"))) > 0)
        out.push(permission(match));
  }

  std::vector<Value> matches_of(const std::string& group) const {
    const kube::Object* found = mesh_.find("HTTPRouteGroup", group);
    return found == nullptr ? std::vector<Value>() : items_of(body_of(*found), "matches");
  }

  // SMI's expressions match from the start and need not reach the end; Envoy's match the whole.
  static Value expression(const std::string& text) {
    return map("safe_regex", map("regex", "(?:" + text + ").*"));
  }
  static Value header(const std::string& name, Value matcher) {
    return Value::map().set("name", name).set("string_match", std::move(matcher));
  }
  static std::vector<Value> headers_of(const Value& match) {
    std::vector<Value> out;
    if (const Value* wanted = match.find("headers"); wanted != nullptr && wanted->is_map())
      for (const doc::Member& one : wanted->members())
        if (one.value.is_string()) out.push_back(header(one.key, expression(one.value.string())));
    return out;
  }

  static Value permission(const Value& match) {
    std::vector<Value> all{map("any", true)};
    const auto methods = items_of(match, "methods");
    if (!methods.empty() && std::ranges::count(methods, Value("*")) == 0) {
      Value any = Value::list();
      for (const Value& method : methods)
        any.push(map("header", header(":method", map("exact", method))));
      all.push_back(map("or_rules", map("rules", std::move(any))));
    }
    if (const std::string path = text_in(match, "pathRegex"); !path.empty())
      all.push_back(map("url_path", map("path", expression(path))));
    for (Value& one : headers_of(match)) all.push_back(map("header", std::move(one)));
    return map("and_rules", map("rules", list_of(std::move(all))));
  }

  using Shares = std::vector<std::pair<std::string, std::int64_t>>;  // application, weight

  static Value route(Value match, const Shares& shares) {
    std::int64_t sum = 0;
    Value clusters = Value::list();
    for (const auto& [app, weight] : shares) {
      clusters.push(Value::map().set("name", app).set("weight", weight));
      sum += weight;
    }
    Value out = map("match", std::move(match));
    if (sum == 0) return out.set("direct_response", map("status", 503));
    return out.set("route", map("weighted_clusters", map("clusters", std::move(clusters))));
  }

  // Everything in thousandths: weights may be quantities.
  static std::int64_t weight_of(const Value* value) {
    if (value == nullptr) return 0;
    if (value->is_int()) return value->integer() * 1000;
    if (!value->is_string()) return 0;
    std::string_view text = value->string();
    const bool milli = text.ends_with('m');
    if (milli) text.remove_suffix(1);
    return base::parse_int(text).value_or(0) * (milli ? 1 : 1000);
  }

  Shares shares_of(const Value& split) const {
    Shares out;
    for (const Value& backend : items_of(split, "backends")) {
      const auto pods = mesh_.pods_of(text_in(backend, "service"));
      for (const MeshPod* pod : pods)
        out.emplace_back(pod->name,
                         weight_of(backend.find("weight")) /
                             static_cast<std::int64_t>(std::max<std::size_t>(1, pods.size())));
    }
    return out;
  }

  // What the application sends to a service.
  Value outbound(const std::string& service, const std::string& host) const {
    std::vector<Value> routes;
    Shares plain;
    for (const MeshPod* pod : mesh_.pods_of(service)) plain.emplace_back(pod->name, 1);
    for (const kube::Object* object : mesh_.all("TrafficSplit")) {
      const Value& split = body_of(*object);
      if (pod_.outside || text_in(split, "service") != service) continue;
      const Shares shares = shares_of(split);
      const auto groups = items_of(split, "matches");
      if (groups.empty()) routes.push_back(route(map("prefix", "/"), shares));
      for (const Value& group : groups)
        for (const Value& match : matches_of(text_in(group, "name"))) {
          Value wanted = map("prefix", "/");
          if (const auto headers = headers_of(match); !headers.empty())
            wanted.set("headers", list_of(headers));
          routes.push_back(route(std::move(wanted), shares));
        }
    }
    routes.push_back(route(map("prefix", "/"), plain));
    Value chain = map("filters", list(connection_manager(std::move(routes), {}, false)));
    return listener(service, host, list(std::move(chain)));
  }

  const ReferenceMesh& mesh_;
  const MeshPod& pod_;
  const EnvoyCertificates& certificates_;
};

EnvoyConfig envoy_config(const ReferenceMesh& mesh, const std::string& pod, const EnvoyFiles& files,
                         const EnvoyCertificates& certificates) {
  const EnvoyWriter writer(mesh, *mesh.find_pod(pod), certificates);
  const auto source = [](const std::string& path) {
    return Value::map()
        .set("path_config_source", map("path", path))
        .set("resource_api_version", "V3");
  };
  Value bootstrap = map("node", Value::map().set("id", pod).set("cluster", "weft"));
  bootstrap.set("dynamic_resources", Value::map()
                                         .set("cds_config", source(files.clusters))
                                         .set("lds_config", source(files.listeners)));
  const auto resources = [](Value all) {
    return doc::write_json(map("resources", std::move(all)), 0);
  };
  return {doc::write_json(bootstrap, 0), resources(writer.clusters()),
          resources(writer.listeners())};
}

}  // namespace weft::conform
