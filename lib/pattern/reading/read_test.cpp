#include "lib/pattern/reading/read.h"

#include <catch2/catch.hpp>

#include "lib/base/base64.h"
#include "lib/base/format.h"

using namespace weft;
using pattern::Dialect;

namespace {

base::Result<pattern::Reading> read(std::string text, const pattern::ReadOptions& options = {}) {
  return pattern::read(doc::Source("p.yaml", std::move(text)), options);
}

pattern::Reading must(const std::string& text, const pattern::ReadOptions& options = {}) {
  auto out = read(text, options);
  if (!out.ok()) FAIL(out.error().where.text() << " " << out.error().message);
  return std::move(*out);
}

std::string refusal(const std::string& text) {
  const auto out = read(text);
  REQUIRE(!out.ok());
  CHECK(out.error().code == base::ExitCode::input);
  return out.error().where.text() + " " + out.error().message;
}

constexpr const char* kSeed = R"(name: seed
services:
  istio:
    type: IstioMesh
    namespace: istio-system
    version: "1.30"
    traits:
      mTLS: {policy: strict, namespaces: [shop]}
    automaticSidecarInjection: {namespaces: [shop]}
  grafana: {type: Grafana, dependsOn: [istio, prometheus]}
  prometheus: {type: Prometheus, dependsOn: [istio]}
)";

}  // namespace

TEST_CASE("The services map is read with types, traits and dependencies") {
  const auto seed = must(kSeed).pattern;
  CHECK(seed.dialect == Dialect::v0);
  REQUIRE(seed.services.size() == 3);
  CHECK(seed.services[0].type.text == "IstioMesh");
  CHECK(seed.services[0].version == "1.30");
  CHECK(seed.services[1].depends_on.size() == 2);
  CHECK(seed.services[1].at.line == 10);
}

TEST_CASE("A trait that stands beside traits is read, with a warning at its line") {
  const auto seed = must(kSeed);
  REQUIRE(seed.notes.size() == 1);
  CHECK(seed.notes[0].where.line == 9);
  CHECK(seed.pattern.services[0].traits.find("automaticSidecarInjection") != nullptr);
}

TEST_CASE("Keys with blanks are read without them, but not those of data") {
  const auto reading = must(R"(name: n
services:
  r: {type: ClusterRole, settings: {rules: [{api Groups: [""]}]}}
  c: {type: ConfigMap, settings: {data: {a b: x}}}
)");
  const auto& services = reading.pattern.services;
  CHECK(services[0].settings.find("rules")->items()[0].find("apiGroups") != nullptr);
  CHECK(services[1].settings.find("data")->find("a b") != nullptr);
  CHECK(reading.notes.size() == 1);
}

TEST_CASE("A design is read without what is only drawn") {
  const auto design = must(R"({"name": "d", "schemaVersion": "designs.meshery.io/v1beta1",
 "components": [
  {"displayName": "web", "component": {"kind": "Deployment", "version": "apps/v1"},
   "configuration": {"metadata": {"namespace": "shop"}, "spec": {"replicas": 2}},
   "metadata": {"dependsOn": ["note"]}},
  {"displayName": "note", "component": {"kind": "Comment", "version": "core.meshery.io/v1"},
   "metadata": {"isAnnotation": true}, "model": {"name": "meshery-core"}}]})");
  REQUIRE(design.pattern.services.size() == 1);
  CHECK(design.pattern.services[0].ns == "shop");
  CHECK(design.pattern.services[0].is_whole);
  CHECK(design.pattern.drawings.size() == 1);
}

TEST_CASE("Manifests are a pattern too") {
  const auto reading = must(
      "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: n}\nspec: {ports: [{port: "
      "1}]}\n"
      "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: n}\n");
  CHECK(reading.pattern.dialect == Dialect::manifests);
  REQUIRE(reading.pattern.services.size() == 2);
  CHECK(reading.pattern.services[1].key == "deployment-a");
}

TEST_CASE("One layer of Base64 is peeled with a warning") {
  const auto reading = must(base::base64_encode(kSeed));
  CHECK(reading.pattern.services.size() == 3);
  CHECK(reading.notes[0].message.find("Base64") != std::string::npos);
  CHECK(refusal(base::base64_encode(base::base64_encode(kSeed))).find("no pattern") !=
        std::string::npos);
}

TEST_CASE("What is no pattern is refused by name") {
  CHECK(refusal("services: {web: {image: nginx}}\n").find("Compose") != std::string::npos);
  CHECK(refusal("apiVersion: v2\nname: c\nversion: 0.1.0\n").find("helm chart") !=
        std::string::npos);
  CHECK(refusal("name: only\n").find("stub") != std::string::npos);
  CHECK(refusal("\n").find("empty") != std::string::npos);
  CHECK(refusal("name: n\nservices: {}\n").find("stub") != std::string::npos);
  CHECK(
      refusal("name: n\nservices:\n  a: {type: X}\n  a: {type: Y}\n").find("p.yaml:4:3 a stands") !=
      std::string::npos);
  CHECK(
      refusal("name: n\nservices:\n  http: [1]\n").find("p.yaml:3:9 service http must be a map") !=
      std::string::npos);
  CHECK(refusal("name: n\nservices:\n  a: {settings: {}}\n").find("has no type") !=
        std::string::npos);
}

TEST_CASE("A used file's services come in place of the one that uses it") {
  pattern::ReadOptions options;
  options.use = [](const std::string& name, const std::string&) -> base::Result<doc::Source> {
    return doc::Source(name,
                       "vars: {ns: a}\nservices:\n  m: {type: ConfigMap, namespace: "
                       "$(#ref.vars.ns)}\n  n: {type: ConfigMap, dependsOn: [m]}\n");
  };
  const auto reading = must(R"(services:
  base: {type: ConfigMap}
  all: {type: $(#use base.yaml), settings: {ns: shop}, dependsOn: [base]}
  last: {type: ConfigMap, dependsOn: [all]}
)",
                            options);
  const auto& services = reading.pattern.services;
  REQUIRE(services.size() == 4);
  CHECK(services[1].key == "all.m");
  CHECK(services[1].ns == "shop");
  CHECK(services[2].depends_on[0].text == "all.m");
  CHECK(services[2].depends_on[1].text == "base");
  CHECK(services[3].depends_on.size() == 2);
}

TEST_CASE("A file that uses itself ends in an error") {
  const std::string text = "services:\n  a: {type: $(#use p.yaml)}\n";
  pattern::ReadOptions options;
  options.use = [&text](const std::string& name, const std::string&) -> base::Result<doc::Source> {
    return doc::Source(name, text);
  };
  CHECK(!read(text, options).ok());
}

TEST_CASE("Variables that no file knows are told, with what there is instead") {
  const std::string text =
      "name: p\nvars: {ns: a}\nservices:\n  m: {type: ConfigMap, namespace: $(#ref.vars.ns), name: "
      "$(#ref.vars.open)}\n";
  pattern::ReadOptions options;
  options.vars = {{"ns", "b"}, {"open", "c"}, {"nss", "d"}};
  auto reading = must(text, options);
  CHECK(reading.unused == std::set<std::string>{"nss"});
  CHECK(unknown_variable(reading, "nss").find("no variable nss (did you mean ns?)") !=
        std::string::npos);
  REQUIRE(pattern::append(reading, must("vars: {nss: a}\nservices:\n  n: {type: Pod}\n", options))
              .ok());
  CHECK(reading.unused.empty());

  options = {};
  options.use = [&text](const std::string& name, const std::string&) -> base::Result<doc::Source> {
    return doc::Source(name, text);
  };
  const auto used = read(
      "services:\n  all: {type: $(#use p.yaml), settings: {ns: x, open: y, opne: z}}\n", options);
  REQUIRE(!used.ok());
  CHECK(used.error().message.find("no variable opne") != std::string::npos);
}
