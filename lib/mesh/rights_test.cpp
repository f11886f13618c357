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

}  // namespace weft::mesh
