#include "lib/conform/reference_http.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/conform/identity.h"
#include "lib/conform/reference_route.h"
#include "lib/conform/reference_stream.h"
#include "lib/conform/reference_text.h"

namespace weft::conform {
namespace {

using doc::Value;

// Headers to the application or the next proxy: a location that sets one has to set all.
constexpr std::string_view kHeaders =
    "    proxy_set_header Host $http_host;\n    proxy_set_header Connection \"\";\n";

// One application's configuration, line by line; conditions become variables that are 0 or 1.
class ConfigWriter {
 public:
  ConfigWriter(const ReferenceMesh& mesh, const MeshPod& pod) : mesh_(mesh), pod_(pod) {}

  std::string inbound_only() {
    const std::string server = inbound();
    return text_.maps + server + inbound_h2c();
  }

  std::string run() {
    std::string servers = inbound() + inbound_h2c();
    for (const auto& [name, service] : mesh_.services())
      for (const MeshPort& port : service.ports) {
        const bool calls = port.speech == Speech::h2c;
        if (service.address.empty() || (port.speech != Speech::http && !calls)) continue;
        std::string routed = pod_.outside ? "" : route_locations(mesh_, text_, pod_, name, port);
        if (routed.empty()) routed = in_location(calls ? outbound_h2c(name) : outbound(name));
        const std::string place = mesh_.place_of(service, port.number);
        servers += calls ? h2c_server(place, routed) : server(at(place), routed);
      }
    if (mesh_.options().capture == Capture::redirected)
      servers += fmt::format("server {{\n  listen {};\n  return 200;\n}}\n", kHealthPort);
    if (broken("connections-closed")) servers = "keepalive_timeout 0;\n" + servers;
    return text_.maps + servers;
  }

 private:
  std::string map(std::string_view source, const std::vector<std::string>& keys) {
    return text_.map(source, keys);
  }
  std::string all_of(const std::vector<std::string>& parts) { return text_.all_of(parts); }
  std::string any_of(const std::vector<std::string>& parts) { return text_.any_of(parts); }
  bool broken(std::string_view mutant) const { return mesh_.is_broken(mutant); }

  // 1 where a request is what a match of an HTTPRouteGroup describes.
  std::string match(const Value& match) {
    std::vector<std::string> parts;
    std::vector<std::string> methods;
    for (const Value& method : list_in(match, "methods"))
      if (method.is_string()) methods.push_back(method.string());
    const bool any_method = methods.empty() || std::ranges::count(methods, "*") > 0;
    if (!any_method && !broken("method-ignored")) parts.push_back(map("$request_method", methods));
    if (const std::string path = text_in(match, "pathRegex");
        !path.empty() && !broken("path-ignored"))
      parts.push_back(map("$uri", {(broken("path-unanchored") ? "~(?:" : "~^(?:") + path + ")"}));
    std::vector<std::string> headers;
    if (const Value* wanted = match.find("headers"); wanted != nullptr && wanted->is_map())
      for (const doc::Member& header : wanted->members())
        if (header.value.is_string() && !broken("headers-ignored"))
          headers.push_back(
              map(header_variable(header.key), {"~^(?:" + header.value.string() + ")"}));
    if (broken("headers-or") && !headers.empty())
      parts.push_back(any_of(headers));
    else
      parts.insert(parts.end(), headers.begin(), headers.end());
    return all_of(parts);
  }

  // 1 where a request matches the group; of its matches only `names`, unless there are none.
  std::string group(std::string_view name, std::span<const Value> names) {
    const kube::Object* group = mesh_.find("HTTPRouteGroup", name);
    if (group == nullptr) return "0";
    std::vector<std::string> parts;
    for (const Value& one : list_in(body_of(*group), "matches")) {
      const bool named = names.empty() || broken("rule-matches-ignored") ||
                         std::ranges::count(names, Value(text_in(one, "name"))) > 0;
      if (named) parts.push_back(match(one));
      if (broken("first-match-only") && named) break;
    }
    return any_of(parts);
  }

  bool port_allowed(std::string_view route) const {
    const kube::Object* found = mesh_.find("TCPRoute", route);
    if (found == nullptr) return false;
    const Value* spec = found->find("spec");
    const Value* matches = spec == nullptr ? nullptr : spec->find("matches");
    if (matches == nullptr || broken("ports-ignored")) return true;
    const auto ports = list_in(*matches, "ports");
    return ports.empty() ||
           std::ranges::count(ports, Value(std::int64_t{mesh_.options().port})) > 0;
  }

  // What tells callers apart, and its value for one of them.
  const char* caller_variable() const {
    return by_identity() ? "$ssl_client_s_dn" : "$remote_addr";
  }
  bool by_identity() const { return mesh_.has_mtls() && !broken("policy-by-address"); }
  std::string caller(const MeshPod& pod) const {
    return by_identity() ? "CN=" + pod.account : pod.address;
  }

  std::vector<std::string> sources_of(const Value& target) const {
    std::set<std::string> out;
    for (const Value& source : list_in(target, "sources")) {
      for (const MeshPod& pod : mesh_.pods())
        if (!pod.outside && pod.account == text_in(source, "name")) out.insert(caller(pod));
      if (broken("first-source-only")) break;
    }
    for (const MeshPod& pod : mesh_.pods())
      if (pod.outside ? broken("outside-allowed") : broken("any-source")) out.insert(caller(pod));
    return {out.begin(), out.end()};
  }

  // 1 where some TrafficTarget lets the request in.
  std::string allowed() {
    std::vector<std::string> parts;
    for (const kube::Object* object : mesh_.all("TrafficTarget")) {
      const Value& target = body_of(*object);
      const Value* destination = target.find("destination");
      if (destination == nullptr) continue;
      if (text_in(*destination, "name") != pod_.account) {
        if (broken("any-direction")) parts.push_back(reverse(target, *destination));
        continue;
      }
      std::vector<std::string> rules;
      for (const char* key : {"rules", "specs"})
        for (const Value& rule : list_in(target, key)) {
          if (text_in(rule, "kind") == "TCPRoute")
            rules.push_back(port_allowed(text_in(rule, "name")) ? "1" : "0");
          else
            rules.push_back(group(text_in(rule, "name"), list_in(rule, "matches")));
        }
      parts.push_back(all_of({map(caller_variable(), sources_of(target)), any_of(rules)}));
    }
    return any_of(parts);
  }

  // As if the destination of a target were a source, and its sources destinations.
  std::string reverse(const Value& target, const Value& destination) {
    const auto sources = list_in(target, "sources");
    const bool is_source = std::ranges::any_of(
        sources, [&](const Value& s) { return text_in(s, "name") == pod_.account; });
    std::vector<std::string> callers;
    for (const MeshPod& pod : mesh_.pods())
      if (is_source && pod.account == text_in(destination, "name")) callers.push_back(caller(pod));
    return map(caller_variable(), callers);
  }

  std::string deny() const {
    if (broken("deny-reset")) return "return 444;";
    if (broken("deny-blackhole"))
      return fmt::format("proxy_pass http://{}:{}; break;", mesh_.options().nowhere,
                         mesh_.options().port);
    return "return 403;";
  }

  // What arrives for the application.
  std::string inbound() {
    const std::string own = fmt::format("http://127.0.0.1:{}", mesh_.options().port);
    std::string location;
    const bool enforces = mesh_.options().deny && !pod_.outside && !broken("default-allow");
    if (!pod_.outside && broken("nothing-gets-in"))
      location += "    " + deny() + "\n";
    else if (enforces)
      location += fmt::format("    if ({} = 0) {{ {} }}\n", text_.as_variable(allowed()), deny());
    if (broken("backend-errors") && pod_.name.starts_with("app-b")) {
      const std::string name = text_.split("$request_id", {{"1", 5}, {"0", 95}});
      location += fmt::format("    if ({} = 1) {{ return 503; }}\n", name);
    }
    if (broken("deny-blackhole")) location += "    proxy_connect_timeout 60s;\n";
    location += fmt::format("{}    proxy_pass {};\n", request_faults(mesh_), own);
    if (broken("statuses-hidden"))
      location +=
          "    proxy_intercept_errors on;\n    error_page 418 503 =502 /weft-hidden;\n"
          "    if ($uri = /weft-hidden) { return 502; }\n";
    if (!pod_.outside && mesh_.has_mtls()) return tls_server(tell_caller() + location);
    std::string listen = at(own_place());
    if (!mesh_.options().logs.empty())
      listen += fmt::format("\n  access_log {}/{}.access weft;", mesh_.options().logs, pod_.name);
    return server(listen, in_location(location));
  }

  // Likewise by HTTP/2, gRPC with it. Policies are not about these.
  std::string inbound_h2c() const {
    if (!mesh_.options().speeches.contains(Speech::h2c)) return {};
    const std::uint16_t port = row_of(Speech::h2c).port;
    return h2c_server(mesh_.place_of(pod_, port),
                      in_location(fmt::format("{}    grpc_pass grpc://127.0.0.1:{};\n",
                                              grpc_headers(mesh_), port)));
  }

  static std::string h2c_server(const std::string& place, const std::string& locations) {
    return fmt::format("server {{\n  listen {} http2;\n  default_type application/grpc;\n{}}}\n",
                       place, locations);
  }

  // What the application sends to a service over HTTP/2.
  std::string outbound_h2c(const std::string& service) {
    Choices pods;
    for (const MeshPod* pod : mesh_.pods_of(service)) pods.emplace_back(pod, 1);
    const std::string target = choice(pods);
    if (target.empty()) return grpc_failure(14);
    if (broken("http2-downgraded"))
      return fmt::format("    proxy_pass http://{}:{};\n", target, mesh_.options().port);
    return fmt::format("{}    grpc_pass grpc://{}:{};\n", grpc_headers(mesh_), target,
                       row_of(Speech::h2c).port);
  }

  // Header to the application that names the caller.
  std::string tell_caller() {
    std::string known = "map $ssl_client_s_dn $peer {\n  default \"\";\n";
    std::map<std::string, std::string> identities;  // by account, which several pods may have
    for (const MeshPod& pod : mesh_.pods()) identities[pod.account] = spiffe_id(workload(pod));
    for (const auto& [account, id] : identities)
      known += fmt::format("  \"CN={}\" {};\n", account, id);
    text_.maps += known + "}\n";
    text_.maps += "map $peer $told {\n  default \"URI=$peer\";\n  \"\" \"\";\n}\n";
    text_.maps +=
        "map $http_x_forwarded_client_cert $claimed {\n"
        "  default $http_x_forwarded_client_cert;\n  \"\" $told;\n}\n";
    return fmt::format("{}    proxy_set_header X-Forwarded-Client-Cert {};\n", kHeaders,
                       broken("identity-missing")  ? "\"\""
                       : broken("identity-forged") ? "$claimed"
                                                   : "$told");
  }

  Workload workload(const MeshPod& pod) const {
    return {mesh_.space_of(pod), pod.account, pod.name};
  }
  std::string certificate_file(std::string_view ending) const {
    const MeshPod& shown = broken("identity-shared") ? mesh_.pods().front() : pod_;
    return fmt::format("{}/{}{}", mesh_.options().certificates, shown.name, ending);
  }

  // Whom of the callers with a certificate, or without one, the server takes at all.
  std::string check_callers() const {
    if (broken("certificate-not-asked")) return "  ssl_verify_client off;\n";
    if (broken("no-certificate-needed")) return "  ssl_verify_client optional;\n";
    if (broken("any-authority"))
      return "  ssl_verify_client optional_no_ca;\n  if ($ssl_client_verify = NONE) { return 444; "
             "}\n";
    return "  ssl_verify_client on;\n";
  }

  // TLS and plain text on one port. nginx gives an error of its own to each kind of client that it
  // does not take: 495 and 496 for certificates, 497 for plain text.
  std::string tls_server(const std::string& location) const {
    const bool strict = mesh_.options().mtls == Mtls::strict;
    const bool plain = strict ? broken("plaintext-accepted") : !broken("plaintext-refused");
    const bool expired = broken("expired-accepted");
    return fmt::format(
        "server {{\n  listen {0} ssl;\n"
        "  ssl_certificate {1};\n  ssl_certificate_key {2};\n"
        "  ssl_client_certificate {3}/root.pem;\n{4}"
        "  ssl_session_cache off;\n  ssl_session_tickets off;\n"
        "  error_page 495 = {5};\n  error_page 496 = @refused;\n  error_page 497 = {6};\n"
        "  location @refused {{ return 444; }}\n"
        "  location @taken {{\n{7}  }}\n"
        "  location @expired {{\n"
        "    if ($ssl_client_verify !~ expired) {{ return 444; }}\n{7}  }}\n"
        "  location / {{\n{7}  }}\n}}\n",
        own_place(), certificate_file(".pem"), certificate_file(".key"),
        mesh_.options().certificates, check_callers(), expired ? "@expired" : "@refused",
        plain ? "@taken" : "@refused", location);
  }

  // The way to the proxy of another application, whose certificate has to be its own.
  std::string secured(const std::string& target) {
    std::string name(Authority::kAnyWorkload);
    if (!broken("server-name-ignored")) {
      name = text_.variable();
      text_.maps += fmt::format("map \"{}\" {} {{\n  default unknown.weft;\n", target, name);
      for (const MeshPod& pod : mesh_.pods())
        text_.maps += fmt::format("  {} {};\n", pod.address, Authority::dns_name(workload(pod)));
      text_.maps += "}\n";
    }
    const bool verifies = !broken("server-not-verified") && !broken("identity-shared");
    const std::string_view forged =
        broken("identity-forged") ? "$http_x_forwarded_client_cert" : "\"\"";
    return fmt::format(
        "{0}    proxy_set_header X-Forwarded-Client-Cert {1};\n"
        "    proxy_ssl_certificate {2};\n    proxy_ssl_certificate_key {3};\n"
        "    proxy_ssl_trusted_certificate {4}/root.pem;\n    proxy_ssl_verify {5};\n"
        "    proxy_ssl_name {6};\n    proxy_ssl_session_reuse off;\n"
        "    proxy_pass https://{7}:{8};\n",
        kHeaders, forged, certificate_file(".pem"), certificate_file(".key"),
        mesh_.options().certificates, verifies ? "on" : "off", name, target, mesh_.options().port);
  }

  using Choices = std::vector<std::pair<const MeshPod*, double>>;

  // A variable with the address of one of `pods`, by weight. Empty: there is nobody.
  std::string choice(const Choices& pods) {
    std::vector<std::pair<std::string, double>> values;
    for (const auto& [pod, weight] : pods) values.emplace_back(pod->address, weight);
    return text_.split(broken("split-by-connection") ? "$connection" : "$request_id", values);
  }

  // Pods behind the backends of a split, each with its weight.
  Choices backends_of(const Value& split) const {
    std::vector<std::string> names;
    std::vector<double> weights;
    for (const Value& backend : list_in(split, "backends")) {
      const Value* weight = backend.find("weight");
      names.push_back(text_in(backend, "service"));
      weights.push_back(weight == nullptr ? 0 : weight_of(*weight));
    }
    mesh_.break_weights(weights);
    Choices out;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto pods = mesh_.pods_of(names[i]);
      for (const MeshPod* pod : pods)
        out.emplace_back(pod, weights[i] / static_cast<double>(pods.size()));
    }
    return out;
  }

  // What the application sends to a service.
  std::string outbound(const std::string& service) {
    Choices pods;
    for (const MeshPod* pod : mesh_.pods_of(service)) pods.emplace_back(pod, 1);
    std::string target = choice(pods);
    const bool splits = !pod_.outside || broken("split-outside");
    if (splits && !broken("split-ignored"))
      for (const kube::Object* object : mesh_.all("TrafficSplit")) {
        const Value& split = body_of(*object);
        if (text_in(split, "service") == service) target = split_target(split, target);
      }
    if (target.empty()) return "    return 503;\n";
    // A reset by the other proxy is handed on, not turned into an answer of this one.
    const char* hand_on = broken("deny-reset") ? "    error_page 502 /weft-reset;\n"
                                                 "    if ($uri = /weft-reset) { return 444; }\n"
                                               : "";
    if (mesh_.has_mtls() && !pod_.outside) return hand_on + secured(target);
    return fmt::format("{}    proxy_pass http://{}:{};\n", hand_on, target, mesh_.options().port);
  }

  std::string split_target(const Value& split, const std::string& otherwise) {
    std::string chosen = choice(backends_of(split));
    std::vector<std::string> matches;
    for (const Value& one : list_in(split, "matches"))
      matches.push_back(group(text_in(one, "name"), {}));
    if (matches.empty() || broken("split-matches-ignored") || chosen.empty()) return chosen;
    return text_.choose(any_of(matches), otherwise, {{"1", chosen}});
  }

  static std::string at(const std::string& place) { return fmt::format("listen {};", place); }
  std::string own_place() const { return mesh_.place_of(pod_, mesh_.options().port); }
  static std::string in_location(const std::string& directives) {
    return fmt::format("  location / {{\n{}  }}\n", directives);
  }
  static std::string server(const std::string& listen, const std::string& locations) {
    return fmt::format("server {{\n  {}\n{}}}\n", listen, locations);
  }

  const ReferenceMesh& mesh_;
  const MeshPod& pod_;
  NginxText text_;
};

}  // namespace

std::string http_config(const ReferenceMesh& mesh, const MeshPod& pod) {
  return ConfigWriter(mesh, pod).run();
}

std::string inbound_config(const ReferenceMesh& mesh, const MeshPod& pod) {
  return ConfigWriter(mesh, pod).inbound_only();
}

}  // namespace weft::conform
