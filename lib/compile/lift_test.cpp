#include "lib/compile/lift.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::compile {
namespace {

std::vector<doc::Value> objects(const std::string& text) {
  auto read = doc::read_yaml(doc::Source("objects.yaml", text));
  REQUIRE(read.ok());
  std::vector<doc::Value> result;
  for (auto& document : *read) result.push_back(std::move(document.root));
  return result;
}

constexpr const char* kSplit = R"(apiVersion: split.smi-spec.io/v1alpha2
kind: TrafficSplit
metadata: {name: canary, namespace: shop}
spec:
  service: reviews
  backends: [{service: reviews-v1, weight: 90}, {service: reviews-v2, weight: 10}]
---
apiVersion: policy.openservicemesh.io/v1alpha1
kind: UpstreamTrafficSetting
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews.shop.svc.cluster.local
  connectionSettings: {tcp: {maxConnections: 7, connectTimeout: 2s}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
)";

TEST_CASE("resources of Open Service Mesh move to Istio") {
  const auto lifted = lift(objects(kSplit), {});
  REQUIRE(lifted.ok());
  CHECK(lifted->intents.size() == 3);
  REQUIRE(lifted->kept.size() == 1);
  CHECK(*lifted->kept[0].find("kind") == "ConfigMap");
  const auto compiled = compile(lifted->intents, {.mesh = "istio"});
  REQUIRE(compiled.ok());
  REQUIRE(compiled->objects.size() == 2);
  CHECK(doc::write_yaml(*compiled->objects[0].value.find("spec")) == R"(host: reviews
trafficPolicy:
  connectionPool:
    tcp:
      connectTimeout: 2s
      maxConnections: 7
)");
}

TEST_CASE("what has no counterpart is listed with its place") {
  auto given = objects(kSplit);
  given[1].find("spec")->set("rateLimit", doc::Value::map().set("unheard", 1));
  const auto lifted = lift(given, {.mesh = "osm"});
  REQUIRE(lifted.ok());
  REQUIRE(lifted->losses.size() == 1);
  CHECK(lifted->losses[0] ==
        "UpstreamTrafficSetting shop/reviews: spec.rateLimit.unheard has no counterpart");
}

TEST_CASE("objects of no mesh are kept") {
  const auto lifted = lift(objects("{apiVersion: v1, kind: Service, metadata: {name: a}}"), {});
  REQUIRE(lifted.ok());
  CHECK(lifted->intents.empty());
  CHECK(lifted->kept.size() == 1);
}

TEST_CASE("workloads of Kubernetes do not tell the mesh, and are kept without a loss") {
  const auto given = objects(R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: reviews, namespace: shop}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec: {hosts: [reviews], http: [{timeout: 5s, route: [{destination: {host: reviews}}]}]}
)");
  CHECK(mesh_of(given) == "istio");
  for (const auto mesh : {"istio", "consul", "linkerd", "nginx-service-mesh"}) {
    INFO(mesh);
    const auto lifted = lift({given[0], given[1]}, {.mesh = mesh});
    REQUIRE(lifted.ok());
    CHECK(lifted->intents.empty());
    CHECK(lifted->kept.size() == 2);
    CHECK(lifted->losses.empty());
  }
}

TEST_CASE("of many objects each is lifted") {
  std::vector<doc::Value> given;
  for (int i = 0; i < 2000; ++i) {
    const std::string name = "web-" + std::to_string(i);
    given.push_back(
        doc::Value::map()
            .set("apiVersion", "split.smi-spec.io/v1alpha2")
            .set("kind", "TrafficSplit")
            .set("metadata", doc::Value::map().set("name", name).set("namespace", "shop"))
            .set("spec",
                 doc::Value::map()
                     .set("service", name)
                     .set("backends",
                          doc::Value::list().push(
                              doc::Value::map().set("service", name + "-v1").set("weight", 1)))));
  }
  const auto lifted = lift(given, {.mesh = "osm"});
  REQUIRE(lifted.ok());
  CHECK(lifted->intents.size() == 2000);
  CHECK(lifted->losses.empty());
}

TEST_CASE("what was lifted is a pattern") {
  const auto lifted = lift(objects(kSplit), {});
  REQUIRE(lifted.ok());
  const auto pattern = pattern_of(*lifted, "shop");
  const auto* services = pattern.find("services");
  REQUIRE(services != nullptr);
  CHECK(*services->find("reviews-traffic-split")->find("type") == "TrafficSplit");
  CHECK(*services->find("settings")->find("type") == "ConfigMap");
}

}  // namespace
}  // namespace weft::compile
