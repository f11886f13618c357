// Matches by header, identities of callers, texts with settings inside, raw configuration of Envoy.
#include "lib/compile/encoding_cases.h"

namespace weft::compile {
namespace {

TEST_CASE("matches by header in the form of each mesh") {
  const std::string all =
      "[{name: x-a, exact: \"1\"}, {name: x-b, prefix: v}, {name: x-c, regex: \"a.*\"}]";
  check({{"header-map", all, "{x-a: {exact: \"1\"}, x-b: {prefix: v}, x-c: {regex: \"a.*\"}}"},
         {"header-types(prefix)", all,
          "[{name: x-a, type: Exact, value: \"1\"}, {name: x-b, type: Prefix, value: v}, {name: "
          "x-c, type: RegularExpression, value: \"a.*\"}]"},
         {"header-types", "[{name: x-b, prefix: v.1}]",
          "[{name: x-b, type: RegularExpression, value: \"v\\\\.1.*\"}]", "",
          "[{name: x-b, regex: \"v\\\\.1.*\"}]"},
         {"header-list", all,
          "[{name: x-a, exact: \"1\"}, {name: x-b, prefix: v}, {name: x-c, regex: \"a.*\"}]"},
         {"header-list(match)", "[{name: x-a, exact: \"1\"}]",
          "[{name: x-a, match: {exact: \"1\"}}]"},
         {"header-patterns", "[{name: x-a, exact: a+b}, {name: x-b, prefix: v}]",
          "{x-a: \"a\\\\+b\", x-b: \"v.*\"}", "",
          "[{name: x-a, regex: \"a\\\\+b\"}, {name: x-b, regex: \"v.*\"}]"},
         {"header-map", "[{name: x-a}]", "",
          "the match of x-a has neither exact, prefix nor regex"}});
  check_foreign("header-map", {"{x-a: {present: true}}", "[x-a]"});
  check_foreign("header-list", {"[{name: x-a, present: true}]"});
}

TEST_CASE("callers by the identity that each mesh knows") {
  const std::string web = "[{serviceAccount: web, namespace: shop}]";
  check({{"identities(cluster.local/ns/$namespace/sa/$service)", web,
          "[cluster.local/ns/shop/sa/web]"},
         {"identities($service.$namespace.serviceaccount.identity.linkerd.cluster.local)", web,
          "[web.shop.serviceaccount.identity.linkerd.cluster.local]"},
         {"accounts", web, "[{kind: ServiceAccount, name: web, namespace: shop}]"},
         {"spiffe(spiffe://default/ns/$namespace/sa/$service)", web,
          "[{spiffeID: {type: Exact, value: \"spiffe://default/ns/shop/sa/web\"}}]"},
         {"endpoints", web,
          "[{matchLabels: {\"k8s:io.cilium.k8s.policy.serviceaccount\": web, "
          "\"k8s:io.kubernetes.pod.namespace\": shop}}]"},
         {"sources(allow)", web, "[{name: web, action: allow}]"}});
  check_foreign("identities(cluster.local/ns/$namespace/sa/$service)", {"[\"*\"]", "web"});
  check_foreign("sources(allow)", {"[{name: web, action: deny}]"});
  check_foreign("accounts", {"[{kind: User, name: web, namespace: shop}]"});
}

TEST_CASE("settings inside a text are read back out of it") {
  Variant variant;
  variant.values["collector"] = {{"text", "<host>:<port>"}};
  variant.values["sampling"] = {{"text", R"({"value":<>})"}};
  check({{"template(collector)", "{host: zipkin.tracing, port: 9411}", "\"zipkin.tracing:9411\""},
         {"template(collector)", "{host: zipkin}", "", "port is needed too"},
         {"template(sampling)", "12.5", "'{\"value\":12.5}'"},
         {"template(sampling)", "10", "'{\"value\":10}'"},
         {"template(collector)", "{host: 'a\"b', port: 1}", "", "\"a\"b\" cannot be written"}},
        variant);
  check_foreign("template(sampling)", {"'{\"value\":}'", "'{\"value\":10} '", "10"}, variant);
}

TEST_CASE("hosts become rules and certificates of an Ingress") {
  check({{"ingress-rules", "{hosts: [shop.example.com], servicePort: 8080}",
          "[{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: "
          "{name: reviews, port: {number: 8080}}}}]}}]",
          "", ""},
         {"ingress-tls", "{tlsSecret: shop, hosts: [shop.example.com]}",
          "[{hosts: [shop.example.com], secretName: shop}]", "", ""},
         {"ingress-tls", "{hosts: [shop.example.com]}", ""}});
}

TEST_CASE("endpoints of a service as Cilium names them") {
  check({{"endpoints-name", "{service: limits.infra.svc.cluster.local, port: 8081}",
          "\"infra/limits:8081\""},
         {"endpoints-name", "{service: limits, port: 8081}", "\"shop/limits:8081\"", "",
          "{service: limits.shop.svc.cluster.local, port: 8081}"},
         {"backend-service", "{service: limits.infra.svc, port: 8081}",
          "{name: limits, namespace: infra, number: [\"8081\"]}", "", ""}});
  check_foreign("endpoints-name", {"limits", "shop/limits", "shop/limits:http"});
}

TEST_CASE("the cluster behind a URL, with TLS that is verified") {
  check({{"remote-cluster($namespace/keys)", "\"http://id.example.com:8080/keys\"",
          R"({"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster, name: shop/keys,
             connect_timeout: 5s, type: STRICT_DNS,
             load_assignment: {cluster_name: shop/keys, endpoints: [{lb_endpoints: [{endpoint:
               {address: {socket_address: {address: id.example.com, port_value: 8080}}}}]}]}})",
          "", ""},
         {"remote-cluster(keys)", "\"file:///filter.wasm\"", ""},
         {"remote-cluster(keys)", "{module: \"http://m/f.wasm\"}", ""}});
  const Names names = case_names();
  const Variant variant;
  Coding coding{names, variant, "keys", {}};
  const auto cluster =
      find_encoding("remote-cluster")->encode(doc::Value("https://id.example.com/keys"), coding);
  REQUIRE(cluster);
  const std::string text = json(cluster);
  CHECK(text.find(R"("port_value":443)") != std::string::npos);
  CHECK(text.find(R"("sni":"id.example.com")") != std::string::npos);
  CHECK(text.find("trusted_ca") != std::string::npos);
}

TEST_CASE("a module becomes the configuration of the filter, from a file or over HTTP") {
  check({{"wasm-filter(shop/wasm)", "{module: \"file:///filter.wasm\", failOpen: true}",
          R"({"@type": type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm,
             config: {name: reviews, fail_open: true, vm_config: {runtime: envoy.wasm.runtime.v8,
               code: {local: {filename: /filter.wasm}}}}})"},
         {"wasm-filter(shop/wasm)", "{module: \"http://m/f.wasm\", sha256: ab, config: \"{}\"}",
          R"({"@type": type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm,
             config: {name: reviews,
               configuration: {"@type": type.googleapis.com/google.protobuf.StringValue, value: "{}"},
               vm_config: {runtime: envoy.wasm.runtime.v8, code: {remote: {http_uri: {uri: "http://m/f.wasm",
                 cluster: shop/wasm, timeout: 10s}, sha256: ab}}}}})"},
         {"wasm-filter(shop/wasm)", "{module: \"https://m/f.wasm\"}", "",
          "sha256 is needed of a module that the proxy fetches"},
         {"wasm-filter(shop/wasm)", "{module: \"oci://m/f:1\", sha256: ab}", "",
          "the proxy reads modules from file:// and http(s)://, not from oci://m/f:1"}});
  const Names names = case_names();
  const Variant variant;
  Coding coding{names, variant, "shop/wasm", {}};
  const doc::Value module = yaml("{module: \"http://m/f.wasm\", sha256: ab}");
  const Encoding* as_text = find_encoding("wasm-filter-text");
  const auto text = as_text->encode(module, coding);
  REQUIRE(text);
  CHECK(text->find("value")->string().starts_with("name: envoy.filters.http.wasm\n"));
  CHECK(json(as_text->decode(*text, coding)) == json(module));
  check_foreign("wasm-filter-text", {"{value: \"{\"}", "{value: \"name: other\"}", "3"});
}

}  // namespace
}  // namespace weft::compile
