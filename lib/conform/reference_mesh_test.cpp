#include "lib/conform/reference_mesh.h"

#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/doc/read.h"

using namespace weft::conform;
using Catch::Contains;

namespace {

constexpr const char* kRoute = R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: route, namespace: local}
spec:
  parentRefs: [{group: "", kind: Service, name: app-b, port: 9091}]
  rules:
    - matches: [{path: {type: PathPrefix, value: /v2}}]
      filters: [{type: RequestRedirect, requestRedirect: {hostname: example.org, port: 8083}}]
    - backendRefs: [{name: app-c, namespace: local-consumer, port: 9091}]
)";

weft::doc::Document read(const char* text) { return *weft::doc::read({"test", text}); }

weft::kube::Object service(const std::string& name, const std::string& ns) {
  return read(("apiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: " + ns +
               "}\nspec: {selector: {app: " + name + "}, ports: [{port: 9091}]}\n")
                  .c_str())
      .root;
}

ReferenceMesh mesh_with(std::set<std::string> broken = {}) {
  ReferenceMesh mesh({.broken = std::move(broken)});
  mesh.set_pods({{"app-a", "10.0.0.1", "a", {{"app", "app-a"}}},
                 {"app-b", "10.0.0.2", "b", {{"app", "app-b"}}},
                 {"app-c", "10.0.0.3", "c", {{"app", "app-c"}}, false, "local-consumer"}});
  mesh.put(service("app-b", "local"));
  mesh.put(service("app-c", "local-consumer"));
  return mesh;
}

std::string reason_of(const ReferenceMesh& mesh, const weft::kube::Object& route) {
  const auto found = mesh.get(weft::kube::ref_of(route));
  const auto parents = weft::kube::list_at(*found, {"status", "parents"});
  return std::string(weft::kube::text_at(parents[0].find("conditions")->items()[1], {"reason"}));
}

}  // namespace

TEST_CASE("a route changes what every client of the mesh sends, and nothing that arrives") {
  auto mesh = mesh_with();
  const auto route = read(kRoute).root;
  const std::string before = mesh.inbound("app-b");
  CHECK_THAT(mesh.config("app-a"), !Contains("example.org"));
  mesh.put(route);
  CHECK_THAT(mesh.config("app-a"), Contains("return 302 \"http://example.org:8083$request_uri\";"));
  CHECK_THAT(mesh.config("app-c"), Contains("example.org"));
  CHECK(mesh.inbound("app-b") == before);
  mesh.remove(weft::kube::ref_of(route));
  CHECK_THAT(mesh.config("app-a"), !Contains("example.org"));
}

TEST_CASE("a route in another namespace is for the clients there") {
  auto mesh = mesh_with();
  auto route = read(kRoute).root;
  route.find("metadata")->set("namespace", "local-consumer");
  route.find("spec")->find("parentRefs")->items()[0].set("namespace", "local");
  mesh.put(route);
  CHECK_THAT(mesh.config("app-a"), !Contains("example.org"));
  CHECK_THAT(mesh.config("app-c"), Contains("example.org"));
}

TEST_CASE("a backend in another namespace needs a grant, and the status says so") {
  auto mesh = mesh_with();
  const auto route = read(kRoute).root;
  mesh.put(route);
  CHECK(reason_of(mesh, route) == "RefNotPermitted");
  mesh.put(read(R"(apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: grant, namespace: local-consumer}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: local}]
  to: [{group: "", kind: Service}]
)")
               .root);
  CHECK(reason_of(mesh, route) == "ResolvedRefs");
}

TEST_CASE("a mutant differs from the mesh that is not broken") {
  auto good = mesh_with();
  auto broken = mesh_with({"location-port"});
  for (auto* mesh : {&good, &broken}) mesh->put(read(kRoute).root);
  CHECK(good.config("app-a") != broken.config("app-a"));
  CHECK_THAT(broken.config("app-a"), Contains("http://example.org$request_uri"));
}

TEST_CASE("a service has the address that the cluster gave it") {
  auto mesh = mesh_with();
  mesh.put(read("apiVersion: v1\nkind: Service\nmetadata: {name: apex}\n"
                "spec: {clusterIP: 10.96.0.7, ports: [{port: 80}]}\n")
               .root);
  CHECK_THAT(mesh.hosts("app-a"), Contains("10.96.0.7 apex apex.local\n"));
  CHECK_THAT(mesh.config("app-a"), Contains("listen 10.96.0.7:80;"));
}

TEST_CASE("namespaces of a cluster whose names begin alike are one mesh, with routes and mTLS") {
  const char* text = R"(apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Namespace,
     metadata: {name: local, labels: {reference.weft.dev/mtls: strict}}}
  - {apiVersion: v1, kind: Namespace, metadata: {name: local-consumer}}
  - {apiVersion: v1, kind: Namespace, metadata: {name: localhost}}
  - apiVersion: v1
    kind: Pod
    metadata: {name: app-a-1, namespace: local, labels: {app: app-a}}
    spec: {serviceAccountName: a, containers: [{name: weft}, {name: reference-proxy}]}
    status: {podIP: 10.0.0.1}
  - apiVersion: v1
    kind: Pod
    metadata: {name: app-c-1, namespace: local-consumer, labels: {app: app-c}}
    spec: {serviceAccountName: c, initContainers: [{name: reference-proxy}], containers: []}
    status: {podIP: 10.0.0.3}
  - apiVersion: v1
    kind: Pod
    metadata: {name: app-d-1, namespace: localhost, labels: {app: app-d}}
    spec: {serviceAccountName: d, containers: [{name: weft}, {name: reference-proxy}]}
    status: {podIP: 10.0.0.4}
  - apiVersion: v1
    kind: Service
    metadata: {name: app-b, namespace: local}
    spec: {clusterIP: 10.96.0.2, selector: {app: app-b}, ports: [{port: 9091}, {port: 80}]}
  - apiVersion: v1
    kind: Service
    metadata: {name: app-c, namespace: local-consumer}
    spec: {clusterIP: 10.96.0.3, selector: {app: app-c}, ports: [{port: 9091}]}
  - apiVersion: v1
    kind: Service
    metadata: {name: calls, namespace: local}
    spec: {clusterIP: 10.96.0.4, selector: {app: app-c}, ports: [{port: 8080, targetPort: 7070}]}
  - apiVersion: v1
    kind: Service
    metadata: {name: datagrams, namespace: local}
    spec: {clusterIP: 10.96.0.5, selector: {app: app-c}, ports: [{port: 9094, targetPort: 9094}]}
)";
  auto objects = *weft::kube::read_objects({"objects", text});
  objects.push_back(read(kRoute).root);
  const auto cluster = reference_cluster(objects, {});
  REQUIRE(cluster.proxies.size() == 3);
  const std::string& config = cluster.proxies.at("local/app-a-1");
  CHECK_THAT(config, Contains("listen 29091 ssl;"));
  CHECK_THAT(config, Contains("ssl_certificate /run/app-a-1.pem;"));
  CHECK_THAT(config, Contains("listen 10.96.0.2:19091;"));  // the application has 9091
  CHECK_THAT(config, Contains("listen 10.96.0.2:80;"));
  CHECK_THAT(config, Contains("listen 27070 http2;") && Contains("listen 10.96.0.4:8080 http2;"));
  CHECK_THAT(config, Contains("listen 29094 udp;") && Contains("listen 10.96.0.5:19094 udp;"));
  CHECK_THAT(config, Contains("server 10.0.0.3:9094;"));
  CHECK_THAT(config, Contains("http://example.org:8083"));
  CHECK_THAT(cluster.proxies.at("local-consumer/app-c-1"), Contains("example.org"));
  CHECK_THAT(cluster.proxies.at("localhost/app-d-1"), !Contains("10.96.0.") && !Contains("ssl"));
  const auto told = [&](const char* kind, const char* spec) {
    auto more = objects;
    more.push_back(
        weft::doc::read(
            {"policy", fmt::format("apiVersion: security.istio.io/v1\nkind: {}\n"
                                   "metadata: {{name: default, namespace: localhost}}\nspec: {}\n",
                                   kind, spec)})
            ->root);
    return reference_cluster(more, {}).proxies.at("localhost/app-d-1");
  };
  CHECK_THAT(told("PeerAuthentication", "{mtls: {mode: STRICT}}"), Contains("listen 29091 ssl;"));
  CHECK_THAT(told("PeerAuthentication", "{mtls: {mode: STRICT}, selector: {}}"), !Contains("ssl;"));
  CHECK_THAT(told("AuthorizationPolicy", "{}"), Contains("return 403"));
  CHECK_THAT(told("AuthorizationPolicy", "{action: ALLOW}"), !Contains("return 403"));
  REQUIRE(cluster.routes.contains("HTTPRoute/local/route"));
  const auto parents = weft::kube::list_at(cluster.routes.at("HTTPRoute/local/route"), {"parents"});
  REQUIRE(parents.size() == 1);
  CHECK(weft::kube::text_at(parents[0].find("conditions")->items()[1], {"reason"}) ==
        "RefNotPermitted");
}
