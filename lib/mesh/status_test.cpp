#include "lib/mesh/status.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/doc/write.h"
#include "lib/kube/object.h"
#include "lib/mesh/check_live.h"
#include "lib/testkit/fake_cluster.h"

namespace weft::mesh {
namespace {

base::WallTime now() { return base::parse_rfc3339("2026-06-01T00:00:00Z").value(); }

constexpr const char* kPods =
    R"({"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"web-1",)"
    R"("namespace":"shop"},"spec":{"containers":[{"name":"app","image":"a:1"},{"name":)"
    R"("istio-proxy","image":"istio/proxyv2:1.29.6"}]},"status":{"phase":"Running"}}]})";

struct Istio {
  Catalog catalog = Catalog::builtin();
  testkit::FakeCluster cluster;

  explicit Istio(int available = 1) {
    cluster.add(R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: istio-system}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: istiod
  namespace: istio-system
  generation: 1
  labels: {app: istiod, istio.io/rev: default, app.kubernetes.io/managed-by: Helm}
  annotations: {meta.helm.sh/release-name: istiod, meta.helm.sh/release-namespace: istio-system}
spec:
  replicas: 1
  template: {spec: {containers: [{name: discovery, image: "docker.io/istio/pilot:1.30.3"}]}}
status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: )" +
                std::to_string(available) + "}\n");
    cluster.answer("/api/v1/pods?limit=500", kPods);
  }

  ClusterStatus look(const std::string& mesh = "") {
    return read_status(cluster, nullptr, catalog,
                       {.mesh = mesh, .now = now(), .reading = Reading::one_by_one})
        .value();
  }
};

}  // namespace

TEST_CASE("a mesh is shown with its components, proxies and namespaces") {
  Istio istio;
  const ClusterStatus status = istio.look();
  REQUIRE(status.meshes.size() == 1);
  const MeshStatus& mesh = status.meshes[0];
  CHECK(mesh.mesh == "istio");
  CHECK(mesh.version == "1.30.3");
  CHECK(mesh.managed_by == "helm");
  CHECK(mesh.ready());
  REQUIRE(mesh.components.size() == 1);
  CHECK(mesh.components[0].ref.text() == "Deployment istio-system/istiod");
  const MeshPlane* plane = status.plane("istio");
  REQUIRE(plane != nullptr);
  REQUIRE(plane->data.proxies.size() == 1);
  CHECK(plane->data.proxies[0].skew == SkewVerdict::behind);
  CHECK(plane->data.namespaces[0].meshed == 1);
  CHECK(status.ready());
  // helm was not at hand: that part is unknown, and fails nothing.
  CHECK(status.unknown == std::vector<std::string>{"helm releases: helm is not at hand"});
}

TEST_CASE("a component that is not ready makes the status and the check say no") {
  Istio istio(0);
  const ClusterStatus status = istio.look();
  CHECK_FALSE(status.ready());
  const CheckReport report =
      check_live(istio.catalog, status, "", Scope::everything, now()).value();
  CHECK(report.count().fail == 1);
}

TEST_CASE("a mesh that is not there fails its check") {
  Istio istio;
  const ClusterStatus status = istio.look("linkerd");
  CHECK(status.meshes.empty());
  const CheckReport report =
      check_live(istio.catalog, status, "linkerd", Scope::everything, now()).value();
  CHECK(report.count().fail == 1);
  CHECK(std::ranges::any_of(report.results, [](const CheckResult& result) {
    return result.hint == "weft install linkerd";
  }));
}

TEST_CASE("what records say counts more than marks of helm") {
  Istio istio;
  istio.cluster.add(std::string(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: weft-install-istio, namespace: "
      "istio-system, labels: {weft.dev/record: install}}\n"));
  CHECK(istio.look().meshes[0].managed_by == "weft");
}

TEST_CASE("the document of a status names what is ready and what is unknown") {
  Istio istio;
  const doc::Value document = to_document(istio.look());
  CHECK(kube::text_at(document, {"schema"}) == "weft.status/v1");
  CHECK(kube::bool_at(document, {"ready"}));
  const auto meshes = kube::list_at(document, {"meshes"});
  REQUIRE(meshes.size() == 1);
  CHECK(kube::text_at(kube::list_at(meshes[0], {"components"})[0], {"state"}) == "ready");
  CHECK(kube::list_at(document, {"unknown"}).size() == 1);
}

TEST_CASE("where lists may not be read together each is read by itself") {
  Istio istio;
  const base::Error refused{base::ExitCode::cluster, "cannot list"};
  istio.cluster.fail("list", refused).fail("list", refused);
  const ClusterStatus status = istio.look();
  CHECK(status.unknown ==
        std::vector<std::string>{"namespaces: cannot list", "helm releases: helm is not at hand"});
  CHECK(status.meshes.size() == 1);
}

TEST_CASE("a cluster that cannot be reached is an error, not an unknown part") {
  Istio istio;
  base::Error refused{base::ExitCode::cluster, "cannot list namespaces"};
  refused.cause = "The connection to the server localhost:8080 was refused - connection refused";
  istio.cluster.fail("list", refused);
  const auto status = read_status(istio.cluster, nullptr, istio.catalog,
                                  {.now = now(), .reading = Reading::one_by_one});
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == base::ExitCode::cluster);
}

}  // namespace weft::mesh
