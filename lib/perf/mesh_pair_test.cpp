#include "lib/perf/mesh_pair.h"

#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/testkit/fake_cluster.h"

namespace weft::perf {
namespace {

void add_side(testkit::FakeCluster& cluster, const char* ns, const char* more) {
  cluster.add(
      fmt::format("{{apiVersion: v1, kind: Service, metadata: {{name: web, namespace: {}}}, "
                  "spec: {{selector: {{app.kubernetes.io/name: web}}, ports: "
                  "[{{name: http, port: 8080}}, {{name: admin, port: 9000}}]}}}}",
                  ns));
  cluster.add(
      fmt::format("{{apiVersion: v1, kind: Pod, metadata: {{name: web-1, namespace: {}, "
                  "labels: {{app.kubernetes.io/name: web}}}}, spec: {{containers: "
                  "[{{name: web}}], initContainers: [{{name: setup}}{}]}}}}",
                  ns, more));
}

TEST_CASE("a service of two namespaces is a pair, and what the mesh has added is told apart") {
  testkit::FakeCluster cluster;
  add_side(cluster, "plain", "");
  add_side(cluster, "meshed", ", {name: proxy, restartPolicy: Always}");
  const auto pair = find_pair(cluster, {.meshed = "meshed", .plain = "plain", .path = "echo"});
  REQUIRE(pair.ok());
  CHECK((*pair)[0].url == "http://web.plain:8080/echo");
  CHECK((*pair)[1].url == "http://web.meshed:8080/echo");
  REQUIRE((*pair)[0].usage.size() == 1);
  CHECK((*pair)[0].usage[0].text == "app=pods:plain/app.kubernetes.io/name=web/web");
  REQUIRE((*pair)[1].usage.size() == 2);
  CHECK((*pair)[1].usage[0].text == "dp=pods:meshed/app.kubernetes.io/name=web/proxy");
  CHECK((*pair)[1].usage[1].part == "app");
  const auto admin =
      find_pair(cluster, {.meshed = "meshed", .plain = "plain", .service = "web:admin"});
  CHECK((*admin)[0].url == "http://web.plain:9000/");
}

TEST_CASE("a pair that is none, or not the only one, is named") {
  testkit::FakeCluster cluster;
  add_side(cluster, "plain", "");
  const Namespaces names{.meshed = "meshed", .plain = "plain"};
  CHECK(find_pair(cluster, names).error().message ==
        "the namespaces plain and meshed have no service in common");
  add_side(cluster, "meshed", "");
  CHECK(find_pair(cluster, {.meshed = "meshed", .plain = "plain", .service = "web:1"})
            .error()
            .message == "service web of namespace plain has no port 1");
  for (const char* ns : {"plain", "meshed"})
    cluster.add(
        fmt::format("{{apiVersion: v1, kind: Service, metadata: {{name: api, namespace: "
                    "{}}}, spec: {{ports: [{{port: 80}}]}}}}",
                    ns));
  const auto several = find_pair(cluster, names);
  CHECK(several.error().code == base::ExitCode::usage);
  CHECK(several.error().message.find("several services in common") != std::string::npos);
  CHECK(find_pair(cluster, {.meshed = "meshed", .plain = "plain", .service = "api"})
            .error()
            .message == "service api of namespace plain has no pods behind it");
}

}  // namespace
}  // namespace weft::perf
