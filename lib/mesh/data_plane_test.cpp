#include "lib/mesh/data_plane.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/mesh/catalog.h"

namespace weft::mesh {
namespace {

Pod pod(const std::string& ns, const std::string& proxy, bool ready = true) {
  Pod out;
  out.ns = ns;
  out.name = "p";
  out.running = true;
  out.containers = {{"app", "app:1", true, false}};
  if (!proxy.empty())
    out.containers.push_back({"istio-proxy", "docker.io/istio/proxyv2:" + proxy, ready, false});
  return out;
}

Snapshot cluster() {
  Snapshot snapshot;
  snapshot.read = {Part::pods, Part::namespaces};
  snapshot.namespaces = kube::read_objects(doc::Source("test", R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: bare}
)"))
                            .value();
  return snapshot;
}

struct Judged {
  Catalog catalog = Catalog::builtin();
  const Mesh& istio = **catalog.find("istio");
  CheckReport report;

  DataPlane judge(const Snapshot& snapshot) {
    DataPlane plane = data_plane_of(istio, "1.30.3", snapshot);
    check_data_plane(istio, plane, report);
    return plane;
  }
  std::vector<std::string> findings() const {
    std::vector<std::string> out;
    for (const auto& result : report.results)
      if (result.verdict != Verdict::ok)
        out.push_back(std::string(name_of(result.verdict)) + ' ' + std::string(result.check->id) +
                      ' ' + result.detail);
    return out;
  }
};

}  // namespace

TEST_CASE("proxies are grouped by version, the newest first, with their skew") {
  Snapshot snapshot = cluster();
  snapshot.pods = {pod("shop", "1.28.0"), pod("shop", "1.30.3"), pod("shop", "1.30.3", false),
                   pod("shop", "1.29.6")};
  Judged judged;
  const DataPlane plane = judged.judge(snapshot);
  REQUIRE(plane.proxies.size() == 3);
  CHECK(plane.proxies[0].version == "1.30.3");
  CHECK(plane.proxies[0].pods == 2);
  CHECK(plane.proxies[0].not_ready == 1);
  CHECK(plane.proxies[1].skew == SkewVerdict::behind);
  CHECK(plane.proxies[2].skew == SkewVerdict::too_far_behind);
  CHECK(plane.pods == 4);
  CHECK(judged.findings() ==
        std::vector<std::string>{
            "warn proxy-ready 1 of 2 of version 1.30.3 are not ready, in shop",
            "warn proxy-skew 1 proxy of version 1.28.0 trail too far behind the control plane, in "
            "shop"});
}

TEST_CASE("pods that are not as their namespace says are counted there") {
  Snapshot snapshot = cluster();
  snapshot.pods = {pod("shop", ""), pod("shop", "1.30.3"), pod("bare", "1.30.3"), pod("bare", "")};
  SECTION("missing and surplus") {
    Judged judged;
    const DataPlane plane = judged.judge(snapshot);
    REQUIRE(plane.namespaces.size() == 2);
    CHECK(plane.namespaces[0].name == "bare");
    CHECK_FALSE(plane.namespaces[0].onboarded);
    CHECK(plane.namespaces[0].surplus == 1);
    CHECK(plane.namespaces[1].missing == 1);
    CHECK(plane.namespaces[1].meshed == 1);
    CHECK(judged.findings().size() == 2);
  }
  SECTION("pods that wish otherwise for themselves are no finding") {
    snapshot.pods[0].labels = {{"sidecar.istio.io/inject", "false"}};
    snapshot.pods[2].labels = {{"sidecar.istio.io/inject", "true"}};
    Judged judged;
    judged.judge(snapshot);
    CHECK(judged.findings().empty());
  }
  SECTION("neither are pods of the node's network or of the mesh itself") {
    snapshot.pods[0].host_network = true;
    snapshot.pods[2].ns = "istio-system";
    Judged judged;
    judged.judge(snapshot);
    CHECK(judged.findings().empty());
  }
}

}  // namespace weft::mesh
