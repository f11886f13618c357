#include "lib/pattern/resolving/graph.h"

#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/pattern/reading/read.h"
#include "lib/pattern/writing/convert.h"
#include "lib/pattern/writing/draw.h"

using namespace weft;

namespace {

// A pattern with everything that is made of it without a cluster.
struct Made {
  explicit Made(const std::string& text) {
    auto reading = pattern::read(doc::Source("p.yaml", text), {});
    if (!reading.ok()) FAIL(reading.error().message);
    pattern = std::move(reading->pattern);
    auto types = pattern::Types::make(catalog).value();
    pattern::add_definitions(types, pattern);
    auto resolved = pattern::resolve(pattern, types, catalog, {}, notes);
    if (!resolved.ok()) {
      error = resolved.error().where.text() + " " + resolved.error().message;
      return;
    }
    resolution = std::move(*resolved);
    auto made = pattern::make_graph(resolution, notes);
    if (made.ok())
      graph = std::move(*made);
    else
      error = made.error().where.text() + " " + made.error().message;
  }

  std::string level(std::size_t index) const {
    std::string out;
    for (std::size_t i : graph.levels.at(index)) out += pattern.services[i].key + " ";
    return out;
  }

  mesh::Catalog catalog = mesh::Catalog::builtin();
  pattern::Pattern pattern;
  pattern::Notes notes;
  pattern::Resolution resolution;
  pattern::Graph graph;
  std::string error;
};

constexpr const char* kSeed = R"(name: seed
services:
  istio:
    type: IstioMesh
    settings: {version: "1.30"}
    traits:
      mTLS: {policy: mutual, namespaces: [shop]}
      automaticSidecarInjection: {namespaces: [shop]}
  grafana: {type: Grafana, dependsOn: [istio, prometheus]}
  prometheus: {type: Prometheus, dependsOn: [istio]}
)";

}  // namespace

TEST_CASE("Services stand in levels behind what they depend on") {
  const Made seed(kSeed);
  REQUIRE(seed.error.empty());
  REQUIRE(seed.graph.levels.size() == 3);
  CHECK(seed.level(0) == "istio ");
  CHECK(seed.level(1) == "prometheus ");
  CHECK(seed.level(2) == "grafana ");
}

TEST_CASE("Mutual TLS keeps its old meaning, with a warning") {
  const Made seed(kSeed);
  const auto& istio = seed.resolution.parts[0];
  REQUIRE(istio.objects.size() == 1);
  CHECK(kube::text_at(istio.objects[0], {"spec", "mtls", "mode"}) == "PERMISSIVE");
  REQUIRE(seed.notes.size() == 1);
  CHECK(seed.notes[0].where.line == 7);
  REQUIRE(seed.resolution.namespaces.size() == 1);
  CHECK(kube::label_of(seed.resolution.namespaces[0], "istio-injection") == "enabled");
}

TEST_CASE("A circle is an error with its path") {
  const Made made(
      "services:\n  a: {type: ConfigMap, dependsOn: [b]}\n  b: {type: ConfigMap, dependsOn: [c]}\n"
      "  c: {type: ConfigMap, dependsOn: [b]}\n");
  CHECK(made.error.find("p.yaml:3:36") == 0);
  CHECK(made.error.find("b -> c -> b") != std::string::npos);
}

TEST_CASE("Of a long circle the beginning is told") {
  std::string text = "services:\n";
  for (int i = 0; i < 50; ++i)
    text += fmt::format("  s{}: {{type: ConfigMap, dependsOn: [s{}]}}\n", i, (i + 1) % 50);
  const Made made(text);
  CHECK(made.error.find("s0 -> s1 -> ") != std::string::npos);
  CHECK(made.error.find("s9 -> 40 more -> s0") != std::string::npos);
}

TEST_CASE("What does not exist and what is ambiguous are errors") {
  CHECK(Made("services:\n  web: {type: ConfigMap}\n  b: {type: ConfigMap, dependsOn: [wbe]}\n")
            .error.find("b depends on wbe, which does not exist (did you mean web?)") !=
        std::string::npos);
  CHECK(Made("services:\n  a: {type: ConfigMap, name: x}\n  b: {type: Secret, name: x}\n"
             "  c: {type: Pod, dependsOn: [x]}\n")
            .error.find("may be any of: a, b") != std::string::npos);
  CHECK(Made("services:\n  a: {type: ConfigMap, name: x}\n  b: {type: ConfigMap, name: x}\n")
            .error.find("a and b are both ConfigMap default/x") != std::string::npos);
}

TEST_CASE("Namespaces, definitions, meshes, gateways and subsets come first by themselves") {
  const Made made(R"(services:
  route:
    type: VirtualService.Istio
    namespace: shop
    settings:
      gateways: [door]
      hosts: [web]
      http: [{route: [{destination: {host: web, subset: v1}}]}]
  rule: {type: DestinationRule.Istio, namespace: shop, settings: {host: web, subsets: [{name: v1}]}}
  door: {type: Gateway.Istio, namespace: shop, settings: {servers: []}}
  ns: {type: Namespace.K8s, name: shop}
  thing: {type: Thing, namespace: shop, settings: {a: 1}}
  things:
    type: CustomResourceDefinition
    settings:
      spec: {group: x.io, scope: Namespaced, names: {kind: Thing}, versions: [{name: v1, storage: true}]}
  mesh: {type: IstioMesh}
)");
  REQUIRE(made.error.empty());
  REQUIRE(made.graph.levels.size() == 3);
  CHECK(made.level(0) == "ns things mesh ");
  CHECK(made.level(1) == "rule door thing ");
  CHECK(made.level(2) == "route ");
  CHECK(kube::text_at(made.resolution.parts[4].objects[0], {"apiVersion"}) == "x.io/v1");
}

TEST_CASE("An edge that nobody asked for gives way to those that somebody did") {
  const Made made(
      "services:\n  ns: {type: Namespace, name: shop, dependsOn: [a]}\n  a: {type: ConfigMap, "
      "namespace: shop}\n");
  REQUIRE(made.error.empty());
  CHECK(made.level(0) == "a ");
}

TEST_CASE("Types carry a suffix, a model or nothing, and unknown ones name what was meant") {
  const Made made(
      "services:\n  a: {type: EnvoyFilterIstio}\n  b: {type: Gateway, model: gateway}\n"
      "  c: {type: TrafficSplit.OSM}\n  d: {type: Deployment.K8s, settings: {replicas: 1}}\n");
  REQUIRE(made.error.empty());
  const auto api = [&made](std::size_t i) { return made.resolution.parts[i].type.api_version; };
  CHECK(api(0).starts_with("networking.istio.io/"));
  CHECK(api(3) == "apps/v1");
  CHECK(kube::int_at(made.resolution.parts[3].objects[0], {"spec", "replicas"}) == 1);
  CHECK(Made("services:\n  a: {type: Deploiment}\n").error.find("did you mean Deployment?") !=
        std::string::npos);
  CHECK(Made("services:\n  a: {type: IstioMesh, settings: {verison: 1}}\n")
            .error.find("did you mean version?") != std::string::npos);
}

TEST_CASE("An application is a Deployment and a Service for its ports") {
  const Made made(R"(services:
  web:
    type: Application
    settings:
      replicas: 2
      advanced: {labels: {version: v1}}
      containers: [{name: web, image: web, ports: [{containerPort: 80, name: http}]}]
)");
  REQUIRE(made.error.empty());
  const auto& objects = made.resolution.parts[0].objects;
  REQUIRE(objects.size() == 2);
  CHECK(kube::text_at(objects[0], {"spec", "template", "metadata", "labels", "version"}) == "v1");
  CHECK(kube::text_at(objects[1], {"spec", "selector", "app"}) == "web");
}

TEST_CASE("A mesh-agnostic trait becomes objects of the pattern's mesh") {
  const Made made(R"(services:
  mesh: {type: IstioMesh}
  reviews:
    type: Application
    settings: {containers: [{name: r, image: r, ports: [{containerPort: 9080}]}]}
    traits: {Retry: {attempts: 3}}
)");
  REQUIRE(made.error.empty());
  const auto& objects = made.resolution.parts[1].objects;
  REQUIRE(objects.size() == 3);
  CHECK(kube::ref_of(objects[2]).kind == "VirtualService");
  CHECK(
      Made("services:\n  r: {type: Retry, settings: {attempts: 3}}\n").error.find("needs a mesh") !=
      std::string::npos);
}

TEST_CASE("Secrets in plain text are told") {
  const Made made(
      "services:\n  a: {type: Secret, settings: {stringData: {k: v}}}\n  b: {type: ConfigMap, "
      "settings: {data: {db_password: x, other: '$(#ref.env.K)'}}}\n");
  REQUIRE(made.notes.size() == 2);
  CHECK(made.notes[1].message.find("db_password") == 0);
}

TEST_CASE("A pattern converted and read again is the same one") {
  const Made made(kSeed);
  const auto v0 = pattern::convert(made.resolution, made.graph, pattern::Dialect::v0);
  CHECK(v0.documents.front().find("services")->size() == 3);
  const auto k8s = pattern::convert(made.resolution, made.graph, pattern::Dialect::manifests);
  CHECK(k8s.documents.size() == 2);
  CHECK(k8s.losses.size() == 3);
}

TEST_CASE("The graph is drawn as text, DOT, Mermaid and SVG") {
  const Made made(kSeed);
  CHECK(pattern::draw_tree(made.resolution, made.graph) ==
        "grafana Grafana\n|- istio IstioMesh\n`- prometheus Prometheus\n   `- istio IstioMesh\n");
  CHECK(pattern::draw_dot(made.resolution, made.graph).find("n0 -> n1") != std::string::npos);
  CHECK(pattern::draw_mermaid(made.resolution, made.graph).find("n2 --> n1") != std::string::npos);
  CHECK(pattern::draw_svg(made.resolution, made.graph).find("</svg>") != std::string::npos);
}
