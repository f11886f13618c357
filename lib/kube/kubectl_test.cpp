#include "lib/kube/kubectl.h"

#include <catch2/catch.hpp>

#include "lib/kube/errors.h"
#include "lib/testkit/fake_runner.h"

using namespace weft;
using kube::Kubectl;
using kube::make_ref;

namespace {

const std::string kEnv = "KUBECTL_EXTERNAL_DIFF='' KUBERC=off ";

}  // namespace

TEST_CASE("a list says namespace, selectors, deadline and context") {
  testkit::FakeRunner runner;
  runner.on(kEnv +
                "kubectl get pods -n a --selector=app=x --field-selector=spec.nodeName=n -o json "
                "--request-timeout=15s --context kind-a",
            {.out = R"({"kind":"List","apiVersion":"v1","items":[
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"a"}}]})"});
  Kubectl cluster(runner, {.context = "kind-a"});
  const auto pods = cluster.list(
      {.resource = "pods", .ns = "a", .selector = "app=x", .fields = "spec.nodeName=n"});
  REQUIRE(pods.ok());
  REQUIRE(pods->size() == 1);
  CHECK(kube::ref_of(pods->front()).text() == "Pod a/p");
}

TEST_CASE("an object that is missing, or whose kind is, is absent and no error") {
  testkit::FakeRunner runner;
  runner
      .on(kEnv +
              "kubectl get ConfigMap.v1. x -n a --ignore-not-found -o json "
              "--request-timeout=15s",
          {.out = ""})
      .on(kEnv + "kubectl get Foo.v1.x.io f --ignore-not-found -o json --request-timeout=15s",
          {.exit_code = 1, .err = "error: the server doesn't have a resource type \"Foo\"\n"});
  Kubectl cluster(runner, {});
  const auto map = cluster.get(make_ref("v1", "ConfigMap", "a", "x"));
  REQUIRE(map.ok());
  CHECK_FALSE(map->has_value());
  const auto foo = cluster.get(make_ref("x.io/v1", "Foo", "", "f"));
  REQUIRE(foo.ok());
  CHECK_FALSE(foo->has_value());
}

TEST_CASE("several objects are one call, found ones stand where they were asked for") {
  testkit::FakeRunner runner;
  runner.on(
      kEnv + "kubectl get -f - --ignore-not-found -o json --request-timeout=15s",
      {.exit_code = 1,
       .out = R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"b","namespace":"n"}})",
       .err = "error: no matches for kind \"Foo\" in version \"x.io/v1\"\n"});
  Kubectl cluster(runner, {});
  const auto found =
      cluster.get_each({make_ref("x.io/v1", "Foo", "", "f"), make_ref("v1", "Service", "n", "b")});
  REQUIRE(found.ok());
  CHECK_FALSE((*found)[0].has_value());
  CHECK((*found)[1].has_value());
  CHECK(runner.calls()[0].input ==
        R"({"apiVersion":"v1","kind":"List","items":[)"
        "{\"apiVersion\":\"x.io/v1\",\"kind\":\"Foo\",\"metadata\":{\"name\":\"f\"}}\n,"
        R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"b","namespace":"n"}})"
        "\n]}");
}

TEST_CASE("objects are applied server-side from standard input") {
  testkit::FakeRunner runner;
  runner.on(kEnv +
                "kubectl apply --server-side --field-manager=weft --validate=false -f - -o json "
                "--force-conflicts --dry-run=server --request-timeout=15s",
            {.out = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}})"});
  Kubectl cluster(runner, {});
  const auto applied = cluster.apply({kube::stub_of(make_ref("v1", "ConfigMap", "", "x"))},
                                     {.force = true, .dry_run = true});
  REQUIRE(applied.ok());
  CHECK(applied->size() == 1);
}

TEST_CASE("a conflict is an error of its class that names the object") {
  testkit::FakeRunner runner;
  runner.on(
      kEnv +
          "kubectl apply --server-side --field-manager=weft --validate=false -f - -o json "
          "--request-timeout=15s",
      {.exit_code = 1,
       .err = "error: Apply failed with 1 conflict: conflict with \"k\" using v1: .data.a\n"});
  Kubectl cluster(runner, {});
  const auto applied = cluster.apply({kube::stub_of(make_ref("v1", "ConfigMap", "n", "x"))}, {});
  REQUIRE_FALSE(applied.ok());
  CHECK(applied.error().message == "cannot apply ConfigMap n/x");
  CHECK(kube::failure_of(applied.error()) == kube::Failure::conflict);
  CHECK(kube::conflicts_in(applied.error().cause).at(0).manager == "k");
}

TEST_CASE("what is deleted may be gone already") {
  testkit::FakeRunner runner;
  runner.on(kEnv + "kubectl delete -f - --ignore-not-found --cascade=foreground --timeout=1m",
            {.exit_code = 1, .err = "error: no matches for kind \"Foo\" in version \"x/v1\"\n"});
  Kubectl cluster(runner, {});
  CHECK(cluster
            .remove({make_ref("x/v1", "Foo", "", "f")},
                    {.cascade = kube::Cascade::foreground, .wait = true})
            .ok());
}

TEST_CASE("labels and restarts are merge patches given on standard input") {
  testkit::FakeRunner runner;
  runner
      .on(kEnv +
              "kubectl patch Namespace.v1. a --type=merge --patch-file=/dev/stdin -o name "
              "--request-timeout=15s",
          {.out = "namespace/a\n"})
      .on(kEnv +
              "kubectl patch Deployment.v1.apps d -n a --type=merge "
              "--patch-file=/dev/stdin -o name --request-timeout=15s",
          {.out = "deployment.apps/d\n"});
  Kubectl cluster(runner, {});
  CHECK(cluster
            .label(make_ref("v1", "Namespace", "", "a"),
                   {{"istio-injection", std::nullopt}, {"x", "y"}})
            .ok());
  CHECK(runner.calls()[0].input ==
        "{\"metadata\":{\"labels\":{\"istio-injection\":null,\"x\":\"y\"}}}\n");
  const auto now = base::parse_rfc3339("2026-03-01T12:00:00.5Z");
  CHECK(cluster.restart(make_ref("apps/v1", "Deployment", "a", "d"), *now).ok());
  CHECK(runner.calls()[1].input ==
        R"({"spec":{"template":{"metadata":{"annotations":{)"
        R"("kubectl.kubernetes.io/restartedAt":"2026-03-01T12:00:00Z"}}}}})"
        "\n");
}

TEST_CASE("rights are asked for in one call and answered in order") {
  testkit::FakeRunner runner;
  runner.on(
      kEnv + "kubectl create -f - -o json --validate=false --request-timeout=15s",
      {.out =
           R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","status":{"allowed":true}}
{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","status":{"allowed":false}})"});
  Kubectl cluster(runner, {});
  const auto answers =
      cluster.may({{.verb = "create", .resource = "namespaces"},
                   {.verb = "delete", .group = "apps", .resource = "deployments", .ns = "a"}});
  REQUIRE(answers.ok());
  CHECK(*answers == std::vector<bool>{true, false});
}

TEST_CASE("the server says its version") {
  testkit::FakeRunner runner;
  runner.on(
      kEnv + "kubectl get --raw /version --request-timeout=15s",
      {.out =
           R"({"major":"1","minor":"34","gitVersion":"v1.34.2+k3s1","platform":"linux/amd64"})"});
  Kubectl cluster(runner, {});
  const auto server = cluster.server();
  REQUIRE(server.ok());
  CHECK(server->version.minor == 34);
  CHECK(server->version.text == "v1.34.2+k3s1");
}
