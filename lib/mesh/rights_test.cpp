#include "lib/mesh/rights.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/kube/object.h"

namespace weft::mesh {
namespace {

kube::Objects objects(const std::string& yaml) {
  return kube::read_objects(doc::Source("test", "---\n" + yaml)).value();
}

}  // namespace

TEST_CASE("rights are asked for once per kind and namespace") {
  const auto rights = needed_rights(objects(R"(
{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: mesh}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: b, namespace: mesh}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}}
)"),
                                    {"mesh"}, Purpose::install);
  const auto has = [&](const char* verb, const char* group, const char* resource, const char* ns) {
    return std::ranges::count_if(rights, [&](const kube::Access& access) {
      return access.verb == verb && access.group == group && access.resource == resource &&
             access.ns == ns;
    });
  };
  CHECK(has("create", "apps", "deployments", "mesh") == 1);
  CHECK(has("create", "rbac.authorization.k8s.io", "clusterroles", "") == 1);
  CHECK(has("delete", "apps", "deployments", "mesh") == 0);
  CHECK(has("update", "", "secrets", "mesh") == 1);
  CHECK(has("list", "", "events", "mesh") == 1);
}

TEST_CASE("an object of another release or of none is in the way, unless it may be adopted") {
  const auto live = objects(R"(
{apiVersion: v1, kind: Service, metadata: {name: ours, namespace: m, annotations: {meta.helm.sh/release-name: r, meta.helm.sh/release-namespace: m}}}
---
{apiVersion: v1, kind: Service, metadata: {name: theirs, namespace: m, annotations: {meta.helm.sh/release-name: x, meta.helm.sh/release-namespace: y}}}
---
{apiVersion: v1, kind: ClusterRole, metadata: {name: prometheus}}
)");
  CheckReport report;
  check_ownership({"r", "m"}, live, false, report);
  REQUIRE(report.results.size() == 2);
  CHECK(report.results[0].subject == "Service m/theirs");
  CHECK(report.results[0].detail == "it belongs to release y/x");
  CHECK(report.results[1].detail == "it exists and belongs to no helm release");
  CHECK(report.count().fail == 2);
  CheckReport adopting;
  check_ownership({"r", "m"}, live, true, adopting);
  CHECK(adopting.count().fail == 0);
}

}  // namespace weft::mesh
