#include "lib/conform/reference_metrics.h"

#include <catch2/catch.hpp>

#include "lib/conform/judge.h"

using namespace weft::conform;

namespace {

ReferenceMesh mesh_with(std::set<std::string> broken = {}) {
  ReferenceMesh mesh({.broken = std::move(broken)});
  mesh.set_pods({{"app-a", "10.0.0.1", "a", {}}, {"app-b", "10.0.0.2", "b", {}}});
  return mesh;
}

constexpr const char* kLog =
    "10.0.0.1 200 0.010\n10.0.0.1 503 0.020\nno line of ours\n10.9.9.9 200 0.100\n";

std::string missing(const ReferenceMesh& mesh, const std::string& path, const RawStep& step) {
  const auto requests = read_access_log(mesh, "app-b", kLog);
  const auto answer = metrics_answer(mesh, "/apis/metrics.smi-spec.io/v1alpha2" + path, requests);
  return answer ? missing_in(step, *answer) : "nothing there";
}

const std::string kB = "/namespaces/local/deployments/app-b";

}  // namespace

TEST_CASE("an access log tells who asked; other lines are passed over") {
  const auto requests = read_access_log(mesh_with(), "app-b", kLog);
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].source == "app-a");
  CHECK(requests[2].source.empty());
  CHECK(read_access_log(mesh_with(), "app-b", "10.0.0.1 999999 x\n").empty());
}

TEST_CASE("metrics count successes and failures, and have quantiles in seconds") {
  RawStep step;
  step.equals = {{"resource.name", "app-b"},
                 {"metrics.name=success_count.value", "2"},
                 {"metrics.name=failure_count.value", "1"},
                 {"metrics.name=p99_response_latency.value", "100m"}};
  CHECK(missing(mesh_with(), kB, step).empty());
  CHECK_FALSE(missing(mesh_with({"metrics-undercount"}), kB, step).empty());
  CHECK(missing(mesh_with(), "/namespaces/local/deployments/app-x", step) == "nothing there");
}

TEST_CASE("edges name the other end") {
  RawStep step;
  step.equals = {{"items.edge/resource/name=app-a.edge.direction", "from"}};
  CHECK(missing(mesh_with(), kB + "/edges", step).empty());
  CHECK_FALSE(missing(mesh_with({"metrics-edges-reversed"}), kB + "/edges", step).empty());
}

TEST_CASE("the API tells its versions before there are applications") {
  const ReferenceMesh none({});
  RawStep step;
  step.present = {"versions.0.version", "versions.1.version"};
  CHECK(missing_in(step, *metrics_answer(none, "/apis/metrics.smi-spec.io", {})).empty());
  CHECK_FALSE(metrics_answer(none, "/apis/apps", {}));
  CHECK_FALSE(metrics_answer(none, "/apis/metrics.smi-spec.io/v9", {}));
}
