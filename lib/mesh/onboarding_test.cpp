#include "lib/mesh/onboarding.h"

#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/kube/object.h"
#include "lib/mesh/catalog.h"
#include "lib/testkit/fake_cluster.h"

namespace weft::mesh {
namespace {

using Changes = kube::Cluster::Changes;

std::string pods_of(const std::string& ns, bool meshed) {
  return fmt::format(
      R"({{"kind":"PodList","metadata":{{}},"items":[{{"metadata":{{"name":"web-5d4f-a","namespace":"{}",)"
      R"("ownerReferences":[{{"kind":"ReplicaSet","name":"web-5d4f"}}]}},"spec":{{"containers":[)"
      R"({{"name":"app","image":"app:1"}}{}]}},"status":{{"phase":"Running"}}}}]}})",
      ns, meshed ? R"(,{"name":"istio-proxy","image":"istio/proxyv2:1.30.3"})" : "");
}

struct Shop {
  Catalog catalog = Catalog::builtin();
  testkit::FakeCluster cluster;

  explicit Shop(const std::string& metadata = "", bool meshed = false) {
    cluster.add("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop" + metadata + "}\n");
    cluster.add(std::string(R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}}}
status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1, readyReplicas: 1}
)"));
    cluster.answer("/api/v1/namespaces/shop/pods?limit=500", pods_of("shop", meshed));
  }

  const Mesh& mesh(const char* id) { return **catalog.find(id); }
  base::Result<OnboardingPlan> plan(const char* id, Direction direction = Direction::join,
                                    const std::string& mode = "",
                                    const std::string& revision = "") {
    return plan_onboarding(cluster, {.mesh = mesh(id),
                                     .direction = direction,
                                     .namespaces = {"shop"},
                                     .mode = mode,
                                     .revision = revision,
                                     .others = {*catalog.find("istio"), *catalog.find("linkerd")}});
  }
};

}  // namespace

TEST_CASE("joining sets the mesh's label and restarts the workloads without proxy") {
  Shop shop;
  const auto plan = shop.plan("istio").value();
  REQUIRE(plan.namespaces.size() == 1);
  CHECK(plan.namespaces[0].labels == Changes{{"istio-injection", "enabled"}});
  REQUIRE(plan.namespaces[0].workloads.size() == 1);
  CHECK(plan.namespaces[0].workloads[0].text() == "Deployment shop/web");
}

TEST_CASE("a namespace that is in the mesh already has nothing to change") {
  Shop shop(", labels: {istio-injection: enabled}", true);
  CHECK(shop.plan("istio").value().empty());
}

TEST_CASE("labels that exclude each other are swapped") {
  Shop shop(", labels: {istio-injection: enabled}", true);
  CHECK(shop.plan("istio", Direction::join, "ambient").value().namespaces[0].labels ==
        Changes{{"istio-injection", std::nullopt}, {"istio.io/dataplane-mode", "ambient"}});
  const auto revision = shop.plan("istio", Direction::join, "", "prod").value();
  CHECK(revision.namespaces[0].labels ==
        Changes{{"istio-injection", std::nullopt}, {"istio.io/rev", "prod"}});
  CHECK(revision.namespaces[0].workloads.size() == 1);
}

TEST_CASE("leaving removes every way in and restarts what carries the proxy") {
  Shop shop(", labels: {istio-injection: enabled, istio.io/rev: prod}", true);
  const auto plan = shop.plan("istio", Direction::leave).value();
  CHECK(plan.namespaces[0].labels ==
        Changes{{"istio-injection", std::nullopt}, {"istio.io/rev", std::nullopt}});
  CHECK(plan.namespaces[0].workloads.size() == 1);
}

TEST_CASE("meshes that know annotations get annotations") {
  Shop shop;
  const auto plan = shop.plan("linkerd").value();
  CHECK(plan.namespaces[0].labels.empty());
  CHECK(plan.namespaces[0].annotations == Changes{{"linkerd.io/inject", "enabled"}});
}

TEST_CASE("what cannot be right is refused before anything changes") {
  Shop shop(", labels: {istio-injection: enabled}");
  const auto foreign = shop.plan("linkerd");
  REQUIRE_FALSE(foreign.ok());
  CHECK(foreign.error().message == "namespace shop belongs to Istio already");
  CHECK(shop.plan("istio", Direction::join, "sidecart").error().message ==
        "Istio has no mode sidecart (did you mean sidecar?)");
  CHECK(shop.plan("linkerd", Direction::leave, "", "prod").error().message ==
        "Linkerd knows no revisions");
  const auto names = [&](const char* ns) {
    return plan_onboarding(shop.cluster, {.mesh = shop.mesh("istio"), .namespaces = {ns}}).error();
  };
  CHECK(names("kube-system").code == base::ExitCode::usage);
  CHECK(names("istio-system").message == "istio-system is a namespace of Istio itself");
  CHECK(names("shpo").code == base::ExitCode::cluster);
  CHECK(shop.cluster.calls().empty());
}

TEST_CASE("offboarding takes out what belongs to the mesh or carries its proxy, and nothing else") {
  Shop shop("", true);  // without label: somebody removed it and restarted nothing
  shop.cluster.answer("/api/v1/pods?limit=500", pods_of("shop", true));
  shop.cluster.add(R"(
apiVersion: v1
kind: Namespace
metadata: {name: cart, labels: {istio.io/dataplane-mode: ambient}}
---
apiVersion: v1
kind: Namespace
metadata: {name: other}
---
apiVersion: v1
kind: Namespace
metadata: {name: istio-system, labels: {istio-injection: enabled}}
)");
  shop.cluster.answer("/api/v1/namespaces/cart/pods?limit=500", pods_of("cart", false));
  const auto plan = plan_offboarding(shop.cluster, shop.mesh("istio")).value();
  REQUIRE(plan.namespaces.size() == 2);
  CHECK(plan.direction == Direction::leave);
  CHECK(plan.namespaces[0].ns.name == "cart");
  CHECK(plan.namespaces[0].labels == Changes{{"istio.io/dataplane-mode", std::nullopt}});
  CHECK(plan.namespaces[1].workloads.size() == 1);
  CHECK(plan_offboarding(shop.cluster, shop.mesh("kuma")).value().empty());
  CHECK(plan_offboarding(shop.cluster, shop.mesh("octarine")).value().empty());
}

TEST_CASE("a plan carried out labels, restarts, waits and looks at the pods") {
  Shop shop;
  const auto plan = shop.plan("istio").value();
  const auto carry = [&] {
    return carry_out(shop.cluster, shop.mesh("istio"), plan,
                     {.clock = base::system_clock(),
                      .deadline = base::system_clock().monotonic() + std::chrono::seconds(5),
                      .sleep = [](base::Nanoseconds) {}});
  };
  SECTION("the pods come back without proxy") {
    const auto outcome = carry().value();
    CHECK(outcome.restarted == 1);
    CHECK_FALSE(outcome.settled());
    CHECK(outcome.namespaces[0].unsettled == std::vector<std::string>{"web-5d4f-a"});
  }
  SECTION("the pods come back with it") {
    shop.cluster.answer("/api/v1/namespaces/shop/pods?limit=500", pods_of("shop", true));
    CHECK(carry().value().settled());
  }
  CHECK(kube::label_of(*shop.cluster.find("Namespace", "", "shop"), "istio-injection") ==
        "enabled");
}

}  // namespace weft::mesh
