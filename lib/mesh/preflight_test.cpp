#include "lib/mesh/preflight.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/mesh/catalog.h"
#include "lib/mesh/platform.h"

namespace weft::mesh {
namespace {

kube::Objects objects(const std::string& yaml) {
  return kube::read_objects(doc::Source("test", "---\n" + yaml)).value();
}

// A healthy cluster: one node, two namespaces, nothing else.
Snapshot healthy() {
  Snapshot snapshot;
  snapshot.read = preflight_parts();
  snapshot.server = kube::ServerInfo{*kube::parse_version("v1.34.2"), "linux/amd64"};
  snapshot.context = "test";
  snapshot.nodes = objects(R"(
apiVersion: v1
kind: Node
metadata: {name: node-1}
status: {nodeInfo: {kernelVersion: 6.1.0-13-amd64, architecture: amd64, operatingSystem: linux, kubeletVersion: v1.34.2}}
)");
  snapshot.namespaces = objects(R"(
apiVersion: v1
kind: Namespace
metadata: {name: default}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
)");
  return snapshot;
}

struct Judged {
  Catalog catalog = Catalog::builtin();
  const Mesh* mesh;
  Version version;
  Selection selection;

  explicit Judged(const char* id, const char* wanted = "", const Request& request = {})
      : mesh(*catalog.find(id)),
        version(resolve(*mesh, wanted).value()),
        selection(select(*mesh, version, request).value()) {}

  PreflightRequest request() const {
    return {.mesh = *mesh,
            .version = version,
            .selection = selection,
            .now = base::parse_rfc3339("2026-06-01T00:00:00Z").value()};
  }
};

std::vector<CheckResult> of(const CheckReport& report, std::string_view id) {
  std::vector<CheckResult> out;
  std::ranges::copy_if(report.results, std::back_inserter(out),
                       [&](const auto& result) { return result.check->id == id; });
  return out;
}

CheckResult one(const CheckReport& report, std::string_view id) {
  const auto found = of(report, id);
  INFO(id);
  REQUIRE(found.size() == 1);
  return found.front();
}

}  // namespace

TEST_CASE("nothing fails on a healthy cluster") {
  const Judged istio("istio", "1.30.3");
  const CheckReport report = preflight(istio.request(), healthy());
  CHECK(report.count().fail == 0);
  CHECK(one(report, "cluster-version").verdict == Verdict::ok);
  CHECK(one(report, "nodes-modules").verdict == Verdict::skip);
  CHECK(one(report, "version-support").detail == "until 2026-11");
}

TEST_CASE("a cluster older than the mesh knows is refused, a newer one a warning") {
  const Judged istio("istio", "1.30.3");
  Snapshot snapshot = healthy();
  snapshot.server->version = *kube::parse_version("v1.29.4");
  CHECK(one(preflight(istio.request(), snapshot), "cluster-version").detail ==
        "Istio 1.30.3 is made for Kubernetes 1.32-1.36; this is older");
  snapshot.server->version = *kube::parse_version("v1.37.0");
  CHECK(one(preflight(istio.request(), snapshot), "cluster-version").verdict == Verdict::warn);
}

TEST_CASE("an upgrade over more minors than promised, or downwards, is refused") {
  const Judged istio("istio", "1.30.3");
  PreflightRequest request = istio.request();
  const auto verdict = [&](const char* installed, bool canary) {
    request.installed = installed;
    request.canary = canary;
    return one(preflight(request, healthy()), "upgrade-path").verdict;
  };
  CHECK(verdict("1.29.6", false) == Verdict::ok);
  CHECK(verdict("1.28.2", false) == Verdict::fail);
  CHECK(verdict("1.28.2", true) == Verdict::ok);
  CHECK(verdict("1.31.0", false) == Verdict::fail);
}

TEST_CASE("releases that are stuck, of another chart or of other people are told apart") {
  const Judged istio("istio", "1.30.3");
  Snapshot snapshot = healthy();
  const auto release = [](const char* name, kube::ReleaseStatus status, const char* chart) {
    kube::Release out;
    out.name = name;
    out.ns = "istio-system";
    out.status = status;
    out.chart = chart;
    out.chart_version = "1.29.6";
    return out;
  };
  SECTION("pending") {
    snapshot.releases = {release("istiod", kube::ReleaseStatus::pending_upgrade, "istiod")};
    const auto stuck = one(preflight(istio.request(), snapshot), "release-pending");
    CHECK(stuck.verdict == Verdict::fail);
    CHECK(stuck.subject == "release istio-system/istiod");
    CHECK(stuck.hint == "weft mesh recover istio");
  }
  SECTION("another chart") {
    snapshot.releases = {release("istiod", kube::ReleaseStatus::deployed, "web")};
    CHECK(one(preflight(istio.request(), snapshot), "release-name").verdict == Verdict::fail);
  }
  SECTION("somebody else's") {
    snapshot.releases = {release("istiod", kube::ReleaseStatus::deployed, "istiod")};
    PreflightRequest request = istio.request();
    CHECK(one(preflight(request, snapshot), "release-foreign").verdict == Verdict::fail);
    request.adopt = true;
    CHECK(one(preflight(request, snapshot), "release-foreign").verdict == Verdict::warn);
    snapshot.records = objects(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: weft-install-istio, namespace: "
        "istio-system}}");
    CHECK(of(preflight(istio.request(), snapshot), "release-foreign").empty());
  }
}

TEST_CASE("a mesh that conflicts is refused, and namespaces of both are named") {
  const Judged linkerd("linkerd");
  PreflightRequest request = linkerd.request();
  request.others = {*linkerd.catalog.find("istio")};
  Snapshot snapshot = healthy();
  const CheckReport apart = preflight(request, snapshot);
  CHECK(one(apart, "conflict-mesh").verdict == Verdict::fail);
  CHECK(of(apart, "conflict-injection").empty());
  snapshot.namespaces = objects(
      "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: "
      "enabled}, annotations: {linkerd.io/inject: enabled}}}");
  CHECK(one(preflight(request, snapshot), "conflict-injection").detail ==
        "Linkerd and Istio both inject into shop");
}

TEST_CASE("parts that may not be read are skipped with the reason") {
  const Judged istio("istio");
  Snapshot snapshot = healthy();
  snapshot.read.erase(Part::nodes);
  snapshot.unknown[Part::nodes] = "cannot list nodes: forbidden";
  const CheckReport report = preflight(istio.request(), snapshot);
  CHECK(one(report, "nodes-arch").verdict == Verdict::skip);
  CHECK(one(report, "nodes-arch").detail == "cannot list nodes: forbidden");
}

TEST_CASE("a namespace that enforces Pod Security, or is on its way out, is refused") {
  const Judged linkerd("linkerd");
  Snapshot snapshot = healthy();
  snapshot.namespaces = objects(
      "{apiVersion: v1, kind: Namespace, metadata: {name: linkerd, labels: "
      "{pod-security.kubernetes.io/enforce: restricted}}, status: {phase: Terminating}}");
  const CheckReport report = preflight(linkerd.request(), snapshot);
  CHECK(one(report, "namespace-terminating").verdict == Verdict::fail);
  if (!linkerd.mesh->preflight.psa.empty())
    CHECK(one(report, "pod-security").detail ==
          fmt::format("it enforces restricted; Linkerd needs {}", linkerd.mesh->preflight.psa));
}

TEST_CASE("the platform is known by nodes and API groups, and its features come by themselves") {
  Snapshot snapshot = healthy();
  CHECK(platform_of(snapshot).empty());
  CHECK(traits_of(snapshot) == std::set<std::string>{"gateway-api-absent"});
  snapshot.nodes = objects(
      "{apiVersion: v1, kind: Node, metadata: {name: n}, status: {nodeInfo: {kubeletVersion: "
      "v1.33.4+k3s1}}}");
  snapshot.api_groups = {"apps", "gateway.networking.k8s.io"};
  CHECK(traits_of(snapshot) == std::set<std::string>{"gateway-api-present", "platform=k3s"});
  const Judged istio("istio");
  Request request;
  add_automatic(*istio.mesh, traits_of(snapshot), request);
  CHECK(std::ranges::count(request.features, "platform=k3s") == 1);
  CHECK(std::ranges::count(request.features, "platform=gke") == 0);
  Request asked{.mode = "", .profile = "", .features = {"platform=gke"}};
  add_automatic(*istio.mesh, traits_of(snapshot), asked);
  CHECK(asked.features == std::vector<std::string>{"platform=gke"});
  snapshot.api_groups = {"config.openshift.io"};
  CHECK(platform_of(snapshot) == "openshift");
}

TEST_CASE("tools are judged by their versions") {
  CheckReport report;
  check_tools({kube::parse_version("v1.30.0"), kube::parse_version("v3.15.0")}, healthy(), report);
  CHECK(one(report, "tools-kubectl").verdict == Verdict::warn);
  CHECK(one(report, "tools-helm").verdict == Verdict::warn);
}

}  // namespace weft::mesh
