// The custom resource definitions that real meshes ship, and objects judged by them.
#include <catch2/catch.hpp>

#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/schema/schema_set.h"
#include "lib/schema/validator.h"
#include "lib/testkit/paths.h"

namespace weft::schema {
namespace {

std::string text_at(const doc::Value& value, std::string_view key) {
  const doc::Value* found = value.find(key);
  return found != nullptr && found->is_string() ? found->string().str() : std::string();
}

struct Charts {
  std::vector<doc::Manifests> files;
  SchemaSet set;
};

// Every manifest of the current charts; the definitions among them make the set. Of two definitions
// of a kind the later counts: the Gateway API of Linkerd has validation rules, that of Consul none.
std::optional<Charts> read_charts() {
  const auto root = testkit::realdata("charts");
  if (!root) return std::nullopt;
  Charts charts;
  for (const auto chart : {"consul", "istio", "linkerd", "kuma", "osm", "traefik-mesh",
                           "nginx-service-mesh", "kmesh", "app-mesh", "cilium"}) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(*root + "/" + chart)) {
      const std::string path = file.path().string();
      const bool is_manifest =
          path.ends_with("rendered.yaml") || path.find("/crds/") != std::string::npos;
      if (!file.is_regular_file() || !is_manifest) continue;
      auto text = base::read_file(path);
      REQUIRE(text.ok());
      charts.files.push_back(doc::read_manifests(doc::Source(path, std::move(*text))));
    }
  }
  for (const auto& file : charts.files)
    for (const auto& manifest : file.documents)
      if (text_at(manifest.document.root, "kind") == "CustomResourceDefinition")
        CHECK(charts.set.add_definition(manifest.document.root, manifest.document.source->name())
                  .ok());
  return charts;
}

// Read once for all the cases.
const Charts* real_charts() {
  static const std::optional<Charts> charts = read_charts();
  if (!charts) WARN("skipped: the real charts are not here");
  return charts ? &*charts : nullptr;
}

TEST_CASE("every real definition compiles, its rules and patterns included") {
  const Charts* charts = real_charts();
  if (charts == nullptr) return;
  std::size_t nodes = 0;
  for (const auto& listed : charts->set.list()) {
    const auto* schema =
        charts->set.find(listed.name.group + "/" + listed.name.version, listed.name.kind);
    INFO(listed.name.kind << " " << listed.origin);
    CHECK(schema != nullptr);
    nodes += schema == nullptr ? 0 : schema->size();
  }
  for (const auto& problem : charts->set.problems()) FAIL_CHECK(problem);
  CHECK(charts->set.list().size() > 150);
  CHECK(nodes > 10'000);
}

TEST_CASE("real custom resources have no issue by the definitions beside them") {
  const Charts* charts = real_charts();
  if (charts == nullptr) return;
  Validator validator;
  std::size_t judged = 0;
  for (const auto& file : charts->files)
    for (const auto& manifest : file.documents) {
      const doc::Value& root = manifest.document.root;
      const auto* schema = charts->set.find(text_at(root, "apiVersion"), text_at(root, "kind"));
      if (schema == nullptr) continue;
      ++judged;
      std::vector<Issue> issues;
      validator.validate(*schema, root, issues);
      for (const auto& issue : issues)
        FAIL_CHECK(fmt::format("{}:{}: {} {}: {}", manifest.document.source->name(),
                               issue.position.line, text_at(root, "kind"), issue.path,
                               issue.message));
    }
  CHECK(judged > 10);
}

struct Sample {
  const char* object;
  const char* wanted;  // the path and message of the only issue; empty: none
};

constexpr Sample kSamples[] = {
    {"{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: "
     "{hosts: "
     "[a], http: [{timeout: 5s, retries: {attempts: 3, perTryTimeout: 2s}, route: [{destination: "
     "{host: a}, weight: 100}]}]}}",
     ""},
    {"{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: "
     "{hosts: "
     "[a], http: [{timeot: 5s, route: [{destination: {host: a}}]}]}}",
     "spec.http[0].timeot: unknown field (did you mean timeout?)"},
    {"{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: "
     "{hosts: "
     "[a], http: [{timeout: 5us, route: [{destination: {host: a}}]}]}}",
     "spec.http[0].timeout: must be a valid duration greater than 1ms"},
    {"{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: "
     "{hosts: "
     "[a], http: [{route: [{destination: {}}]}]}}",
     "spec.http[0].route[0].destination: host is missing"},
    {"{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: a}, spec: "
     "{host: "
     "a, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN, consistentHash: {useSourceIp: "
     "true}}}}}",
     "spec.trafficPolicy.loadBalancer: only one of simple, consistentHash may be set, found simple "
     "and consistentHash"},
    {"{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: a}, spec: "
     "{host: "
     "a, trafficPolicy: {tls: {mode: ISTIO_MUTAL}}}}",
     "spec.trafficPolicy.tls.mode: must be one of DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL, found "
     "ISTIO_MUTAL"},
    {"{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: a}, spec: {hosts: "
     "[a.example], addresses: [10.0.0.0/8], resolution: DNS, ports: [{number: 80, name: http}]}}",
     "spec: CIDR addresses are allowed only for NONE/STATIC resolution types"},
    {"{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: a}, spec: "
     "{mtls: "
     "{mode: STRICT}, portLevelMtls: {'80': {mode: DISABLE}}}}",
     "spec: portLevelMtls requires selector"},
    {"{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: "
     "{parentRefs: [{name: g}], rules: [{backendRefs: [{name: b, port: 80}]}]}}",
     ""},
    {"{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: "
     "{rules: "
     "[{matches: [{path: {value: a}}], backendRefs: [{name: b, port: 80}]}]}}",
     "spec.rules[0].matches[0].path: value must be an absolute path and start with '/' when type "
     "one of ['Exact', 'PathPrefix']"},
    {"{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: "
     "{rules: "
     "[{backendRefs: [{name: b}]}]}}",
     "spec.rules[0].backendRefs[0]: Must have port for Service reference"},
    {"{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: "
     "{rules: "
     "[{timeouts: {request: 1s, backendRequest: 2s}}]}}",
     "spec.rules[0].timeouts: backendRequest timeout cannot be longer than request timeout"},
    {"{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: "
     "{parentRefs: [{name: g}, {name: g}]}}",
     "spec.parentRefs: "},
};

TEST_CASE("good objects pass and bad ones fail by the definitions of real meshes") {
  const Charts* charts = real_charts();
  if (charts == nullptr) return;
  Validator validator;
  for (const auto& sample : kSamples) {
    INFO(sample.object);
    const auto documents = doc::read_yaml(doc::Source("sample", sample.object));
    REQUIRE(documents.ok());
    const doc::Value& object = documents->front().root;
    const auto* schema = charts->set.find(text_at(object, "apiVersion"), text_at(object, "kind"));
    REQUIRE(schema != nullptr);
    std::vector<Issue> issues;
    validator.validate(*schema, object, issues);
    std::string told;
    for (const auto& issue : issues) told += fmt::format("{}: {}\n", issue.path, issue.message);
    if (*sample.wanted == '\0')
      CHECK(told.empty());
    else
      CHECK_THAT(told, Catch::StartsWith(sample.wanted));
  }
}

}  // namespace
}  // namespace weft::schema
