#include "lib/kube/live.h"

#include <catch2/catch.hpp>

#include "lib/testkit/fake_cluster.h"

using namespace weft;

namespace {

bool is_mesh(std::string_view group) { return group == "networking.istio.io"; }

base::Error refused() {
  return base::Error{base::ExitCode::cluster, "cannot list"}.because(
      "Error from server (Forbidden): secrets is forbidden: User \"reader\" cannot list resource");
}

testkit::FakeCluster cluster() {
  testkit::FakeCluster out;
  out.answer("/api/v1", R"({"resources": [
        {"name": "services", "namespaced": true, "kind": "Service", "verbs": ["get", "list"]},
        {"name": "services/status", "namespaced": true, "verbs": ["get"]},
        {"name": "bindings", "namespaced": true, "verbs": ["create"]}]})")
      .answer("/apis", R"({"groups": [
        {"name": "apps", "preferredVersion": {"groupVersion": "apps/v1"}},
        {"name": "batch", "preferredVersion": {"groupVersion": "batch/v1"}},
        {"name": "networking.istio.io",
         "preferredVersion": {"groupVersion": "networking.istio.io/v1"}}]})")
      .answer("/apis/apps/v1", R"({"resources": [
        {"name": "deployments", "namespaced": true, "verbs": ["list"]},
        {"name": "replicasets", "namespaced": true, "verbs": ["list"]}]})")
      .answer("/apis/networking.istio.io/v1", R"({"resources": [
        {"name": "gateways", "namespaced": true, "verbs": ["list"]}]})");
  return out;
}

}  // namespace

TEST_CASE("what can be listed is found: plain kinds by name, groups of meshes whole") {
  auto fake = cluster();
  const auto found = kube::live_resources(fake, {"services", "deployments.apps"}, is_mesh);
  REQUIRE(found.ok());
  std::vector<std::string> names;
  for (const auto& resource : *found) names.push_back(resource.name);
  CHECK(names ==
        std::vector<std::string>{"services", "deployments.apps", "gateways.networking.istio.io"});
}

TEST_CASE("what a controller made, what the server wrote and what is secret are not kept") {
  testkit::FakeCluster fake;
  fake.add(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "made", "namespace": "a",
      "ownerReferences": [{"kind": "ReplicaSet", "name": "web", "controller": true}]}})");
  fake.add(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "own", "namespace": "a",
      "uid": "1", "managedFields": [], "annotations": {
        "kubectl.kubernetes.io/last-applied-configuration": "{}", "keep": "yes"}}})");
  fake.add(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls", "namespace": "a"},
      "type": "Opaque", "data": {"tls.key": "c2VjcmV0"}})");
  const auto live = kube::read_live(fake, {{"pods", true}, {"secrets", true}}, "");
  REQUIRE(live.ok());
  CHECK(live->gaps.empty());
  REQUIRE(live->objects.size() == 2);
  for (const auto& object : live->objects) {
    CHECK(kube::text_at(object, {"metadata", "uid"}).empty());
    CHECK(kube::at(object, {"metadata", "managedFields"}) == nullptr);
    if (const auto* data = kube::at(object, {"data"}))
      CHECK(kube::text_at(*data, {"tls.key"}) == "");
    else
      CHECK(kube::at(object, {"metadata", "annotations"})->size() == 1);
  }
}

TEST_CASE("a kind that may not be read is a gap, and the others are read") {
  auto fake = cluster();
  fake.add(
      R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x", "namespace": "a"}})");
  SECTION("in no namespace") {
    fake.fail("list", refused()).fail("list", refused());
    const auto live = kube::read_live(fake, {{"pods", true}, {"services", true}}, "");
    REQUIRE(live.ok());
    REQUIRE(live->gaps.size() == 1);
    CHECK(live->gaps[0].resource == "pods");
    CHECK(live->objects.size() == 1);
  }
  SECTION("but in one") {
    fake.fail("list", refused()).fail("list", refused());
    const auto live = kube::read_live(fake, {{"services", true}}, "a");
    REQUIRE(live.ok());
    REQUIRE(live->gaps.size() == 1);
    CHECK(live->gaps[0].resource == "services outside a");
    CHECK(live->objects.size() == 1);
  }
}

TEST_CASE("a cluster out of reach is an error, not a gap") {
  testkit::FakeCluster fake;
  fake.fail("list", base::Error{base::ExitCode::cluster, "cannot list"}.because(
                        "Unable to connect to the server: dial tcp: connection refused"));
  CHECK_FALSE(kube::read_live(fake, {{"pods", true}}, "").ok());
}
