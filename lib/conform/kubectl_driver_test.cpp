#include "lib/conform/kubectl_driver.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/doc/read.h"
#include "lib/testkit/fake_cluster.h"
#include "lib/testkit/fake_runner.h"
#include "lib/testkit/temp_dir.h"

using namespace weft::conform;
using Catch::Contains;
using weft::testkit::FakeCluster;
using weft::testkit::FakeRunner;

namespace {

struct Fixture {
  FakeCluster cluster;
  FakeRunner runner;
  weft::testkit::TempDir dir;
  weft::base::StopFlag never;
  KubectlDriver driver{{.run = "r1",
                        .image = "weft:test",
                        .kubectl = {"kubectl", "--context=c"},
                        .namespace_labels = {{"istio-injection", "enabled"}},
                        .journal = dir.path() + "/made.jsonl"},
                       cluster,
                       runner,
                       weft::base::system_clock(),
                       never};

  std::string noted() { return weft::base::read_file(dir.path() + "/made.jsonl").value_or(""); }
};

weft::kube::Object split(const char* name) {
  auto object = weft::doc::read({"split",
                                 "apiVersion: split.smi-spec.io/v1alpha4\nkind: TrafficSplit\n"
                                 "metadata: {namespace: weft-r1}\n"})
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

TEST_CASE("applications are made in a namespace of the run, labelled and noted") {
  Fixture f;
  const auto opened = open_suite("smi-traffic-split");
  const auto suite = read_suite(opened->document, f.driver.ns()).suite;
  REQUIRE(f.driver.start(suite).ok());
  const auto* space = f.cluster.find("Namespace", "", "weft-r1");
  REQUIRE(space != nullptr);
  CHECK(weft::kube::label_of(*space, kRunLabel) == "r1");
  CHECK(weft::kube::label_of(*space, "istio-injection") == "enabled");
  const auto* pod = f.cluster.find("Deployment", "weft-r1", "app-b");
  REQUIRE(pod != nullptr);
  CHECK(weft::kube::label_of(*pod, kRunLabel) == "r1");
  CHECK_THAT(f.noted(), Contains(R"("kind":"Deployment","namespace":"weft-r1","name":"app-b")"));
}

TEST_CASE("an object is noted before it is made, and a refusal says something about the mesh") {
  Fixture f;
  f.cluster.refuse = [](const weft::kube::Object&) { return true; };
  const auto applied = f.driver.apply(split("s"));
  REQUIRE_FALSE(applied.ok());
  CHECK(applied.error().code == weft::base::ExitCode::no);
  CHECK_THAT(f.noted(), Contains("\"name\":\"s\""));
}

TEST_CASE("probes and journals go through exec into the application") {
  Fixture f;
  ProbePlan plan;
  plan.request.url = "http://a/";
  plan.nonce = "n";
  f.runner.on(
      "kubectl --context=c exec -i --namespace=weft-r1 deployment/app-a --container=weft -- /weft "
      "probe --plan -",
      {.out = "{\"end\":true,\"sent\":0}\n"});
  f.runner.on(
      "kubectl --context=c exec -i --namespace=weft-r1 deployment/app-b --container=weft -- /weft "
      "journal --socket /tmp/weft-journal.sock --nonce n.",
      {.out = "{\"seq\":4,\"nonce\":\"n.1\",\"target\":\"/echo\",\"peer\":\"x\"}\n"});
  CHECK(f.driver.probe("app-a", plan).value() == "{\"end\":true,\"sent\":0}\n");
  CHECK_THAT(f.runner.calls().at(0).input, Contains("weft.probe-plan/v1"));
  CHECK(f.driver.arrivals("app-b", "n.").value().at(0).seq == 4);
}

TEST_CASE("the end removes the namespace of the run and no other") {
  Fixture f;
  f.cluster.add(R"({apiVersion: v1, kind: Namespace,
    metadata: {name: weft-r1, labels: {weft.dev/run: r1}}})");
  f.cluster.add(R"({apiVersion: v1, kind: Namespace,
    metadata: {name: shop, labels: {weft.dev/run: r1}}})");
  CHECK(f.driver.stop().empty());
  CHECK(f.cluster.find("Namespace", "", "weft-r1") == nullptr);
  CHECK(f.cluster.find("Namespace", "", "shop") != nullptr);
  CHECK(f.driver.stop().empty());
}

TEST_CASE("remains are found by labels alone; a copied label is not enough") {
  Fixture f;
  f.cluster.add(R"({apiVersion: v1, kind: Namespace, metadata: {name: weft-old,
    labels: {weft.dev/run: old, weft.dev/expires: "1000"}}})");
  f.cluster.add(R"({apiVersion: v1, kind: Namespace, metadata: {name: mine,
    labels: {weft.dev/run: old, weft.dev/expires: "1000"}}})");
  const auto found = find_remains(f.cluster);
  REQUIRE(found.ok());
  REQUIRE(found->size() == 1);
  CHECK(found->at(0).ns == "weft-old");
  CHECK(found->at(0).expires == weft::base::WallTime(std::chrono::seconds(1000)));
}
