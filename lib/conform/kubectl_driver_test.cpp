#include "lib/conform/kubectl_driver.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/testkit/fake_cluster.h"
#include "lib/testkit/fake_runner.h"
#include "lib/testkit/temp_dir.h"

using namespace weft::conform;
using Catch::Contains;
using weft::testkit::FakeCluster;
using weft::testkit::FakeRunner;

namespace {

SuiteSpec shipped(const std::string& name) { return read_suite(open_suite(name)->document).suite; }

weft::kube::Object peer_authentication() {
  return weft::doc::read({"policy",
                          "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\n"
                          "metadata: {name: default}\nspec: {mtls: {mode: STRICT}}\n"})
      ->root;
}

struct Fixture {
  FakeCluster cluster;
  FakeRunner runner;
  weft::testkit::TempDir dir;
  RunJournal journal = *RunJournal::create(dir.path(), {.run = "r1", .driver = "kubectl"});
  weft::base::StopFlag never;
  KubectlDriver driver{{.run = "r1",
                        .image = "weft:test",
                        .kubectl = {"kubectl", "--context=c"},
                        .mesh = {.namespace_labels = {{"istio-injection", "enabled"}},
                                 .outside_labels = {{"inject", "false"}},
                                 .deny = {.labels = {{"deny", "yes"}}},
                                 .strict = {.objects = {peer_authentication()}},
                                 .permissive = {.labels = {{"mtls", "permissive"}}}},
                        .journal = &journal},
                       cluster,
                       runner,
                       weft::base::system_clock(),
                       never};

  Stage& stage(const std::string& suite) { return **driver.stage(shipped(suite)); }
  bool noted(const std::string& kind, const std::string& name) {
    const auto made = read_journals(dir.path()).at(0).made;
    return std::ranges::any_of(
        made, [&](const Made& one) { return one.kind == kind && one.name == name; });
  }
};

weft::kube::Object split(const char* name) {
  auto object = weft::doc::read({"split",
                                 "apiVersion: split.smi-spec.io/v1alpha4\nkind: TrafficSplit\n"
                                 "metadata: {namespace: weft-r1-1}\n"})
                    ->root;
  object.find("metadata")->set("name", name);
  return object;
}

}  // namespace

TEST_CASE("what a cluster serves is read from its definitions") {
  Fixture f;
  f.cluster.add(R"({apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition,
    metadata: {name: trafficsplits.split.smi-spec.io}, spec: {group: split.smi-spec.io,
    names: {kind: TrafficSplit}, versions: [{name: v1alpha2, served: true},
    {name: v1alpha1, served: false}]}})");
  const auto served = f.driver.served();
  REQUIRE(served.ok());
  CHECK(served->at("split.smi-spec.io/TrafficSplit") == std::vector<std::string>{"v1alpha2"});
}

TEST_CASE("a stage is a namespace of the run, labelled, noted, and with a lease") {
  Fixture f;
  CHECK(f.stage("smi-traffic-split").ns() == "weft-r1-1");
  const auto* space = f.cluster.find("Namespace", "", "weft-r1-1");
  REQUIRE(space != nullptr);
  CHECK(weft::kube::label_of(*space, kRunLabel) == "r1");
  CHECK(weft::kube::label_of(*space, "istio-injection") == "enabled");
  CHECK(weft::kube::label_of(*space, "deny").empty());
  const auto* workload = f.cluster.find("Deployment", "weft-r1-1", "app-b");
  REQUIRE(workload != nullptr);
  CHECK(weft::kube::label_of(*workload, kRunLabel) == "r1");
  CHECK(f.cluster.find("Lease", "weft-r1-1", kLease) != nullptr);
  CHECK(f.noted("Namespace", "weft-r1-1"));
  CHECK(f.noted("Deployment", "app-b"));
}

TEST_CASE("pods outside the mesh say so, and a suite that wants it denies by default") {
  Fixture f;
  static_cast<void>(f.stage("smi-traffic-access"));
  const auto injects = [&](const char* app) {
    return weft::kube::text_at(*f.cluster.find("Deployment", "weft-r1-1", app),
                               {"spec", "template", "metadata", "labels", "inject"});
  };
  CHECK(injects("app-d") == "false");
  CHECK(injects("app-a").empty());
  CHECK(weft::kube::label_of(*f.cluster.find("Namespace", "", "weft-r1-1"), "deny") == "yes");
}

TEST_CASE("an object is noted before it is made, and a refusal says something about the mesh") {
  Fixture f;
  Stage& stage = f.stage("smi-traffic-split");
  f.cluster.refuse = [](const weft::kube::Object&) { return true; };
  const auto applied = stage.apply({split("s")});
  REQUIRE_FALSE(applied.ok());
  CHECK(applied.error().code == weft::base::ExitCode::no);
  CHECK(f.noted("TrafficSplit", "s"));
}

TEST_CASE("rights to exec are needed where probes are not pods of their own, and not there") {
  const auto resources = [](bool by_pods) {
    std::set<std::string> out;
    for (const auto& access : needed_access({shipped("smi-traffic-split")}, {}, {}, by_pods))
      out.insert(access.resource);
    return out;
  };
  CHECK(resources(false).contains("pods/exec"));
  CHECK_FALSE(resources(false).contains("configmaps"));
  CHECK_FALSE(resources(true).contains("pods/exec"));
  CHECK((resources(true).contains("pods/log") && resources(true).contains("configmaps")));
}

TEST_CASE("a suite that is about mTLS has the mesh provide it, by metadata or by objects") {
  Fixture f;
  static_cast<void>(f.stage("mtls-permissive"));
  const auto* space = f.cluster.find("Namespace", "", "weft-r1-1");
  CHECK(weft::kube::label_of(*space, "mtls") == "permissive");
  static_cast<void>(f.stage("mtls-strict"));
  CHECK(f.cluster.find("PeerAuthentication", "weft-r1-2", "default") != nullptr);
  CHECK(f.noted("PeerAuthentication", "default"));
}

TEST_CASE("the secret of a registry is copied into each namespace, and pods use it") {
  Fixture f;
  f.cluster.add(R"({apiVersion: v1, kind: Secret, metadata: {name: registry, namespace: ops},
    type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: e30=}})");
  f.cluster.add(
      "{apiVersion: v1, kind: Secret, metadata: {name: other, namespace: ops}, type: Opaque}");
  const auto driver = [&](const char* secret) {
    return KubectlDriver{{.run = "r2", .pull_secret = secret},
                         f.cluster,
                         f.runner,
                         weft::base::system_clock(),
                         f.never};
  };
  auto good = driver("ops/registry");
  REQUIRE(good.check({}).ok());
  REQUIRE(good.stage(shipped("gateway-mesh-http")).ok());
  for (const char* ns : {"weft-r2-1", "weft-r2-1-consumer"}) {
    const auto* copy = f.cluster.find("Secret", ns, "weft-pull");
    REQUIRE(copy != nullptr);
    CHECK(weft::kube::text_at(*copy, {"data", ".dockerconfigjson"}) == "e30=");
  }
  const auto* workload = f.cluster.find("Deployment", "weft-r2-1", "app-a");
  CHECK(weft::kube::list_at(*workload, {"spec", "template", "spec", "imagePullSecrets"}).size() ==
        1);
  CHECK_THAT(driver("ops/other").check({}).error().message, Contains("Opaque"));
  CHECK_THAT(driver("ops/none").check({}).error().message, Contains("does not exist"));
}

TEST_CASE("a user who may not do all that a run needs learns what is missing before it begins") {
  Fixture f;
  f.cluster.deny({"create", "", "pods/exec", ""});
  f.cluster.deny({"delete", "split.smi-spec.io", "trafficsplits", ""});
  const auto checked = f.driver.check({shipped("smi-traffic-split")});
  REQUIRE_FALSE(checked.ok());
  CHECK_THAT(checked.error().message,
             Contains("create pods/exec, delete trafficsplits.split.smi-spec.io"));
  CHECK(f.cluster.calls().empty());
}

TEST_CASE(
    "a run that goes on in the same cluster is seen, one whose lease ended is not in the way") {
  const auto lease = [](const char* renewed) {
    return std::string(
               R"({apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: weft-run,
      namespace: weft-other-1, labels: {weft.dev/run: other}}, spec: {renewTime: ")") +
           renewed + "\"}}";
  };
  for (const auto& [renewed, free] :
       {std::pair{"2200-01-01T00:00:00.000000Z", false}, {"2020-01-01T00:00:00.000000Z", true}}) {
    Fixture f;
    f.cluster.add(R"({apiVersion: v1, kind: Namespace,
      metadata: {name: weft-other-1, labels: {weft.dev/run: other}}})");
    f.cluster.add(lease(renewed));
    CHECK(f.driver.check({}).ok() == free);
  }
}

TEST_CASE("the end removes the namespaces of the run and no other, but for those that are kept") {
  Fixture f;
  static_cast<void>(f.stage("smi-traffic-split"));
  static_cast<void>(f.stage("smi-traffic-access"));
  f.cluster.add(R"({apiVersion: v1, kind: Namespace,
    metadata: {name: shop, labels: {weft.dev/run: r1}}})");
  CHECK(f.driver.stop({"weft-r1-2"}).empty());
  CHECK(f.cluster.find("Namespace", "", "weft-r1-1") == nullptr);
  const auto* kept = f.cluster.find("Namespace", "", "weft-r1-2");
  REQUIRE(kept != nullptr);
  CHECK(weft::kube::label_of(*kept, kKeptLabel) == "yes");
  CHECK(f.cluster.find("Namespace", "", "shop") != nullptr);
  CHECK(f.driver.stop({}).empty());
}

TEST_CASE("the role that is printed has what is asked about, once each") {
  const auto role = role_for({{"get", "", "pods", ""}, {"list", "", "pods", ""}});
  const auto rules = weft::kube::list_at(role, {"rules"});
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].find("verbs")->size() == 2);
}
