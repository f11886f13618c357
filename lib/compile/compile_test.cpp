#include "lib/compile/compile.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::compile {
namespace {

doc::Value value(const std::string& text) {
  auto read = doc::read_yaml(doc::Source("settings.yaml", text));
  REQUIRE(read.ok());
  return read->front().root;
}

Intent intent(const char* type, const std::string& settings) {
  return {.capability = capability::of_type(type),
          .service = "reviews",
          .ns = "shop",
          .settings = value(settings)};
}

const doc::Value* find(const Compiled& compiled, std::string_view kind) {
  for (const auto& object : compiled.objects)
    if (*object.value.find("kind") == kind) return &object.value;
  return nullptr;
}

TEST_CASE("the tables that are compiled in can be read and fit each other") {
  for (const auto& problem : builtin_problems()) FAIL_CHECK(problem);
}

TEST_CASE("an intent becomes an object of the mesh") {
  const auto compiled =
      compile({intent("Retry", "{attempts: 3, on: [server-error], statusCodes: [409]}")},
              {.mesh = "istio"});
  REQUIRE(compiled.ok());
  REQUIRE(compiled->objects.size() == 1);
  CHECK(doc::write_yaml(compiled->objects[0].value) == R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: shop
spec:
  hosts:
    - reviews
  http:
    - route:
        - destination:
            host: reviews
      retries:
        attempts: 3
        retryOn: '5xx,409'
)");
}

TEST_CASE("the apiVersion is the best one that the release serves") {
  for (const auto& [version, expected] :
       {std::pair("1.30", "networking.istio.io/v1"), {"v1.21.4", "networking.istio.io/v1beta1"}}) {
    const auto compiled =
        compile({intent("Retry", "{attempts: 3}")}, {.mesh = "istio", .version = version});
    REQUIRE(compiled.ok());
    CHECK(*compiled->objects[0].value.find("apiVersion") == expected);
  }
}

TEST_CASE("what the cluster serves counts more than what the release served") {
  const auto served = [](std::string_view api_version, std::string_view) {
    return api_version.ends_with("v1alpha3");
  };
  const auto compiled =
      compile({intent("Retry", "{attempts: 3}")}, {.mesh = "istio", .serves = served});
  REQUIRE(compiled.ok());
  CHECK(*compiled->objects[0].value.find("apiVersion") == "networking.istio.io/v1alpha3");
}

TEST_CASE("a setting that the release lacks is an error that says since when it is there") {
  const auto compiled = compile({intent("Retry", "{attempts: 3, backoff: 1s}")},
                                {.mesh = "istio", .version = "1.20"});
  REQUIRE_FALSE(compiled.ok());
  CHECK(compiled.error().message ==
        "Istio 1.20 has no field for backoff of Retry of reviews, there is one since 1.26");
}

TEST_CASE("a loss that is allowed is listed") {
  const auto compiled = compile({intent("Retry", "{attempts: 3, maxBackoff: 1s}")},
                                {.mesh = "istio", .allow_loss = true});
  REQUIRE(compiled.ok());
  REQUIRE(compiled->losses.size() == 1);
  CHECK(compiled->losses[0].message == "Istio has no field for maxBackoff of Retry of reviews");
  CHECK(find(*compiled, "VirtualService") != nullptr);
}

TEST_CASE("intents that want different values in one field are an error") {
  const auto compiled = compile(
      {intent("Retry", "{attempts: 3}"), intent("Retry", "{attempts: 4}")}, {.mesh = "istio"});
  REQUIRE_FALSE(compiled.ok());
  CHECK(compiled.error().message ==
        "Retry of reviews and Retry of reviews want different values for "
        "spec.http[0].retries.attempts of the VirtualService reviews");
}

TEST_CASE("intents of one service share its objects") {
  const auto compiled = compile(
      {intent("Retry", "{attempts: 3}"), intent("Timeout", "{request: 5s, connect: 1s}"),
       intent("TrafficSplit", "{backends: [{version: v1, weight: 90}, {version: v2, weight: 10}]}"),
       intent("HeaderRouting",
              "{rules: [{headers: [{name: x-canary, exact: \"1\"}], service: next}]}")},
      {.mesh = "istio"});
  REQUIRE(compiled.ok());
  REQUIRE(compiled->objects.size() == 2);
  CHECK(doc::write_yaml(*compiled->objects[1].value.find("spec")) == R"(hosts:
  - reviews
http:
  - match:
      - headers:
          x-canary:
            exact: '1'
    route:
      - destination:
          host: next
    retries:
      attempts: 3
    timeout: 5s
  - route:
      - destination:
          host: reviews
          subset: v1
        weight: 90
      - destination:
          host: reviews
          subset: v2
        weight: 10
    retries:
      attempts: 3
    timeout: 5s
)");
}

TEST_CASE("where there are no subsets each version gets a Service") {
  const auto compiled =
      compile({intent("TrafficSplit", "{backends: [{version: v1, weight: 1}], port: 9080}")},
              {.mesh = "gateway-api"});
  REQUIRE(compiled.ok());
  CHECK(*find(*compiled, "Service")->find("metadata")->find("name") == "reviews-v1");
  CHECK(compiled->notes.size() == 1);
}

TEST_CASE("a profile of Linkerd and annotations of the same Service exclude each other") {
  const auto compiled =
      compile({intent("RetryBudget", "{ratio: 20, minPerSecond: 10, window: 10s}"),
               intent("Timeout", "{request: 5s}")},
              {.mesh = "linkerd"});
  REQUIRE_FALSE(compiled.ok());
  CHECK(compiled.error().message ==
        "RetryBudget of reviews needs a ServiceProfile, which switches off what Timeout of reviews "
        "wants of the Service reviews");
}

TEST_CASE("a redirect takes the place of the route") {
  const Intent redirect =
      intent("RequestTransform", "{redirectHost: shop.example.com, redirectStatus: 302}");
  const auto compiled = compile({redirect}, {.mesh = "istio"});
  REQUIRE(compiled.ok());
  CHECK(doc::write_yaml(*compiled->objects[0].value.find("spec")->find("http")) ==
        R"(- redirect:
    authority: shop.example.com
    redirectCode: 302
)");
  for (const auto mesh : {"linkerd", "kuma", "cilium", "gateway-api"}) {
    INFO(mesh);
    const auto other = compile({redirect}, {.mesh = mesh});
    REQUIRE(other.ok());
    const std::string text = doc::write_json(other->objects[0].value, 0);
    CHECK(text.find(R"("type":"RequestRedirect")") != std::string::npos);
    CHECK(text.find("backendRefs") == std::string::npos);
  }
}

TEST_CASE("nobody writes inside what another has written, nor around it") {
  const auto split = intent("TrafficSplit", "{backends: [{service: next, weight: 1}]}");
  const auto redirected = compile(
      {split, intent("RequestTransform", "{redirectHost: shop.example.com}")}, {.mesh = "istio"});
  REQUIRE_FALSE(redirected.ok());
  CHECK(redirected.error().message ==
        "TrafficSplit of reviews and RequestTransform of reviews want different values for "
        "spec.http[0].route of the VirtualService reviews");
  const auto near =
      compile({split, intent("LocalityLoadBalancing", "{}")}, {.mesh = "network-service-mesh"});
  REQUIRE_FALSE(near.ok());
  CHECK(near.error().message.find("want different values for spec.matches") != std::string::npos);
}

TEST_CASE("each kind has the apiVersion that the release served") {
  struct Row {
    const char* mesh;
    const char* version;
    const char* type;
    const char* settings;
    const char* kind;
    const char* api_version;  // empty: not served
  };
  const char* from = "{from: [{serviceAccount: web, namespace: shop}]}";
  const char* from_port = "{from: [{serviceAccount: web, namespace: shop}], port: 80}";
  const char* logs = "{provider: envoy}";
  const Row rows[] = {
      {"istio", "1.7", "Timeout", "{request: 1s}", "VirtualService",
       "networking.istio.io/v1alpha3"},
      {"istio", "1.8", "Timeout", "{request: 1s}", "VirtualService", "networking.istio.io/v1beta1"},
      {"istio", "1.22", "Timeout", "{request: 1s}", "VirtualService", "networking.istio.io/v1"},
      {"istio", "1.21", "StrictMTLS", "{}", "PeerAuthentication", "security.istio.io/v1beta1"},
      {"istio", "1.22", "StrictMTLS", "{}", "PeerAuthentication", "security.istio.io/v1"},
      {"istio", "1.16", "Authorization", from, "AuthorizationPolicy", "security.istio.io/v1beta1"},
      {"istio", "1.17", "Authorization", from, "AuthorizationPolicy", "security.istio.io/v1"},
      {"istio", "1.9", "AccessLog", logs, "Telemetry", ""},
      {"istio", "1.21", "AccessLog", logs, "Telemetry", "telemetry.istio.io/v1alpha1"},
      {"istio", "1.22", "AccessLog", logs, "Telemetry", "telemetry.istio.io/v1"},
      {"linkerd", "2.12", "Authorization", from_port, "Server", "policy.linkerd.io/v1beta1"},
      {"linkerd", "2.15", "Authorization", from_port, "Server", "policy.linkerd.io/v1beta2"},
      {"linkerd", "2.16", "Authorization", from_port, "Server", "policy.linkerd.io/v1beta3"},
      {"linkerd", "2.14", "Timeout", "{request: 1s}", "HTTPRoute",
       "gateway.networking.k8s.io/v1beta1"},
      {"linkerd", "2.18", "RequestTransform", "{setRequestHeaders: {a: b}}", "HTTPRoute",
       "gateway.networking.k8s.io/v1"},
      {"gateway-api", "0.8", "TrafficSplit", "{backends: [{service: a, weight: 1}]}", "HTTPRoute",
       "gateway.networking.k8s.io/v1beta1"},
      {"gateway-api", "1.0", "TrafficSplit", "{backends: [{service: a, weight: 1}]}", "HTTPRoute",
       "gateway.networking.k8s.io/v1"},
      {"osm", "0.6", "Authorization", from, "TrafficTarget", ""},
      {"osm", "1.2", "Authorization", from, "TrafficTarget", "access.smi-spec.io/v1alpha3"},
      {"osm", "1.2", "TrafficSplit", "{backends: [{service: a, weight: 1}]}", "TrafficSplit",
       "split.smi-spec.io/v1alpha2"},
      {"traefik-mesh", "1.4", "TrafficSplit", "{backends: [{service: a, weight: 1}]}",
       "TrafficSplit", "split.smi-spec.io/v1alpha3"},
      {"nginx-service-mesh", "1.4", "RateLimit", "{requests: 1, per: second}", "RateLimit",
       "specs.smi.nginx.com/v1alpha1"},
      {"nginx-service-mesh", "2.0", "RateLimit", "{requests: 1, per: second}", "RateLimit",
       "specs.smi.nginx.com/v1alpha2"},
      {"kuma", "2.6", "IngressGateway", "{hosts: [a.example.com]}", "Gateway",
       "gateway.networking.k8s.io/v1"},
      {"kuma", "3.0", "IngressGateway", "{hosts: [a.example.com]}", "Gateway", ""}};
  for (const Row& row : rows) {
    INFO(row.mesh << " " << row.version << " " << row.type);
    const auto compiled =
        compile({intent(row.type, row.settings)}, {.mesh = row.mesh, .version = row.version});
    if (std::string_view(row.api_version).empty()) {
      CHECK_FALSE(compiled.ok());
      continue;
    }
    REQUIRE(compiled.ok());
    const auto* object = find(*compiled, row.kind);
    REQUIRE(object != nullptr);
    CHECK(*object->find("apiVersion") == row.api_version);
  }
}

TEST_CASE("a field moves with the release of the mesh") {
  struct Row {
    const char* version;
    const char* type;
    const char* settings;
    const char* there;
  };
  const Row rows[] = {{"2.9", "RateLimit", "{requests: 1, per: second}", R"("from":[{)"},
                      {"2.10", "RateLimit", "{requests: 1, per: second}", R"("rules":[{)"},
                      {"2.12", "FaultDelay", "{duration: 1s}", R"("from":[{)"},
                      {"2.13", "FaultDelay", "{duration: 1s}", R"("rules":[{)"},
                      {"2.9", "StrictMTLS", "{scope: mesh}", R"("from":[{)"},
                      {"2.10", "StrictMTLS", "{scope: mesh}", R"("rules":[{)"}};
  for (const Row& row : rows) {
    INFO(row.version << " " << row.type);
    const auto compiled =
        compile({intent(row.type, row.settings)}, {.mesh = "kuma", .version = row.version});
    REQUIRE(compiled.ok());
    CHECK(doc::write_json(compiled->objects[0].value, 0).find(row.there) != std::string::npos);
  }
  const auto old = compile({intent("Tracing", "{host: collector, port: 55678}")},
                           {.mesh = "linkerd", .version = "2.18"});
  REQUIRE(old.ok());
  CHECK(*old->objects[0]
             .value.find("metadata")
             ->find("annotations")
             ->find("config.linkerd.io/trace-collector") == "collector:55678");
  const auto later = compile({intent("Tracing", "{host: collector, port: 55678}")},
                             {.mesh = "linkerd", .version = "2.19"});
  REQUIRE_FALSE(later.ok());
  CHECK(later.error().message ==
        "Linkerd 2.19 cannot express Tracing of reviews, it can until 2.18");
}

TEST_CASE("an unknown target is an error with the nearest names") {
  const auto compiled = compile({}, {.mesh = "isto"});
  REQUIRE_FALSE(compiled.ok());
  CHECK(compiled.error().message == "patterns cannot be written for isto (did you mean istio?)");
}

}  // namespace
}  // namespace weft::compile
