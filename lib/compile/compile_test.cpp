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

TEST_CASE("an unknown target is an error with the nearest names") {
  const auto compiled = compile({}, {.mesh = "isto"});
  REQUIRE_FALSE(compiled.ok());
  CHECK(compiled.error().message == "patterns cannot be written for isto (did you mean istio?)");
}

}  // namespace
}  // namespace weft::compile
