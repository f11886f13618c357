#include "lib/pattern/planning/live_import.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/pattern/reading/read.h"
#include "lib/pattern/resolving/discovery.h"
#include "lib/testkit/fake_cluster.h"

using namespace weft;

namespace {

constexpr const char* kShop = R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {kubernetes.io/metadata.name: shop, openservicemesh.io/monitored-by: osm}}
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: split.smi-spec.io/v1alpha2
kind: TrafficSplit
metadata: {name: reviews, namespace: shop, labels: {applyset.kubernetes.io/part-of: x}}
spec: {service: reviews, backends: [{service: reviews-v1, weight: 90}, {service: reviews-v2, weight: 10}]}
---
apiVersion: split.smi-spec.io/v1alpha2
kind: TrafficSplit
metadata: {name: other, namespace: elsewhere}
spec: {service: other, backends: [{service: other-v1, weight: 1}]}
)";

// A cluster that says what it serves.
testkit::FakeCluster shop() {
  testkit::FakeCluster cluster;
  cluster.add(kShop);
  cluster.answer("/api/v1", R"({"resources": [
    {"name": "namespaces", "namespaced": false, "kind": "Namespace", "verbs": ["list"]},
    {"name": "services", "namespaced": true, "kind": "Service", "verbs": ["list"]}]})");
  cluster.answer("/apis", R"({"groups": [{"name": "split.smi-spec.io",
    "preferredVersion": {"groupVersion": "split.smi-spec.io/v1alpha2"}}]})");
  cluster.answer("/apis/split.smi-spec.io/v1alpha2", R"({"resources": [
    {"name": "trafficsplits", "namespaced": true, "kind": "TrafficSplit", "verbs": ["list"]}]})");
  return cluster;
}

constexpr const char* kIstiod = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod}}
    spec: {containers: [{name: discovery, image: "registry.istio.io/release/pilot:1.30.3"}]}
)";

struct Asked {
  explicit Asked(const std::string& text)
      : pattern(pattern::read(doc::Source("p.yaml", text), {}).value().pattern) {}
  base::Result<pattern::FoundMesh> mesh(kube::Cluster& cluster) {
    return pattern::discover_mesh(cluster, catalog, pattern, pattern::Types::make(catalog).value());
  }
  mesh::Catalog catalog = mesh::Catalog::builtin();
  pattern::Pattern pattern;
};

}  // namespace

TEST_CASE("The mesh resources of one namespace are lifted, and nothing else of it") {
  auto cluster = shop();
  const auto found = pattern::import_live(cluster, "shop", {.mesh = "osm"});
  REQUIRE(found.ok());
  std::vector<std::string> types;
  for (const auto& intent : found->lifted.intents) {
    types.push_back(intent.capability->type);
    CHECK(intent.ns == "shop");
  }
  CHECK(std::count(types.begin(), types.end(), "TrafficSplit") == 1);
  CHECK(found->lifted.kept.empty());
  CHECK(found->lifted.losses == std::vector<std::string>{});
}

TEST_CASE("A namespace that is not there, or has no mesh resources, is an error") {
  auto cluster = shop();
  CHECK(pattern::import_live(cluster, "none", {}).error().message == "there is no namespace none");
  cluster.add("apiVersion: v1\nkind: Namespace\nmetadata: {name: plain}\n");
  const auto found = pattern::import_live(cluster, "plain", {.mesh = "osm"});
  REQUIRE(!found.ok());
  CHECK(found.error().message.find("no resources of a mesh") != std::string::npos);
}

TEST_CASE("The mesh of the cluster is looked for only when it is needed") {
  testkit::FakeCluster cluster;
  cluster.add(kIstiod);
  const std::string split = "services:\n  s: {type: Retry, name: web, settings: {attempts: 2}}\n";
  const auto found = Asked(split).mesh(cluster);
  REQUIRE(found.ok());
  CHECK(found->id == "istio");
  CHECK(found->version == "1.30.3");
  CHECK(Asked(split + "  l: {type: LinkerdMesh}\n").mesh(cluster)->id.empty());
  CHECK(Asked("services:\n  c: {type: ConfigMap}\n").mesh(cluster)->id.empty());
}

TEST_CASE("An API group that the cluster does not serve is left to the server's own error") {
  testkit::FakeCluster cluster;
  const Asked asked("services:\n  s: {type: Sprocket, apiVersion: no.such.dev/v1}\n");
  auto types = pattern::Types::make(asked.catalog).value();
  CHECK(pattern::discover(cluster, asked.pattern, types).ok());
}
