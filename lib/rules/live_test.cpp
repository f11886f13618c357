// Files over a live cluster: what takes whose place, and which findings are whose.
#include <catch2/catch.hpp>

#include "lib/rules/objects.h"
#include "lib/rules/validate.h"

namespace weft::rules {
namespace {

constexpr const char* kRoute = R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec: {hosts: [web.example.com], gateways: [edge]}
)";
constexpr const char* kGateway = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec: {selector: {istio: edge}, servers: [{hosts: ["*"], port: {number: 80, name: http, protocol: HTTP}}]}
)";

doc::Value object_of(const char* text) {
  return doc::read_manifests(doc::Source("object", text)).documents.at(0).document.root;
}

std::vector<doc::Manifests> file_of(const char* text) {
  std::vector<doc::Manifests> files;
  files.push_back(doc::read_manifests(doc::Source("file.yaml", text)));
  return files;
}

std::vector<doc::Manifests> live_of(std::initializer_list<const char*> texts) {
  std::vector<doc::Manifests> live;
  for (const char* text : texts) live.push_back(manifests_of(object_of(text), "cluster"));
  return live;
}

const Options kGatewayMissing{.only = {"WI010"}, .today = "2026-03-01"};

}  // namespace

TEST_CASE("a live object has a text to point at, named after it") {
  const auto live = live_of({kRoute});
  CHECK(live[0].source->name() == "cluster: VirtualService shop/web");
  const Inventory in({}, {.complete = true}, {}, live);
  const Outcome outcome = validate(in, kGatewayMissing);
  REQUIRE(outcome.findings.size() == 1);
  CHECK(outcome.findings[0].source->where(outcome.findings[0].at).excerpt.find("edge") !=
        std::string::npos);
}

TEST_CASE("a file takes the place of the live object of its name") {
  const Inventory in(file_of(kRoute), {.complete = true}, {}, live_of({kRoute, kGateway}));
  CHECK(in.all().size() == 2);
  CHECK(validate(in, kGatewayMissing).findings.empty());
  CHECK(in.find(kinds::virtual_service, "shop", "web")->is_live == false);
  CHECK(in.find(kinds::istio_gateway, "shop", "edge")->is_live);
}

TEST_CASE("findings that live objects have without the files do not count") {
  const auto live = live_of({kRoute});
  const Inventory before({}, {.complete = true}, {}, live);
  Options options = kGatewayMissing;
  options.live = fingerprints(validate(before, options));
  REQUIRE(options.live.size() == 1);
  SECTION("when the files are about something else") {
    const Inventory in(file_of("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"),
                       {.complete = true}, {}, live);
    const Outcome outcome = validate(in, options);
    CHECK(outcome.findings.empty());
    CHECK(outcome.in_cluster == 1);
  }
  SECTION("but a file that repeats the mistake has it") {
    const Inventory in(file_of(kRoute), {.complete = true}, {}, live);
    CHECK(validate(in, options).findings.size() == 1);
  }
}

TEST_CASE("what Kubernetes itself runs in a cluster is not judged") {
  const char* text = R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: kube-system}
spec: {hosts: [web.example.com], gateways: [gone]}
)";
  const Inventory live({}, {.complete = true}, {}, live_of({text}));
  CHECK(validate(live, kGatewayMissing).findings.empty());
  const Inventory file(file_of(text), {.complete = true});
  CHECK(validate(file, kGatewayMissing).findings.size() == 1);
}

TEST_CASE("a pattern is known for what it is") {
  const Inventory in(file_of("{name: a, services: {b: {type: Service.K8s, settings: {}}}}"), {});
  REQUIRE(in.patterns().size() == 1);
  CHECK(in.patterns()[0] == "file.yaml");
  CHECK(Inventory(file_of("{schemaVersion: designs.meshery.io/v1beta1, components: []}"), {})
            .patterns()
            .size() == 1);
  CHECK(Inventory(file_of("{name: a, services: {b: {image: nginx}}}"), {}).patterns().empty());
}

}  // namespace weft::rules
