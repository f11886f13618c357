#include "lib/schema/builtin.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <set>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/schema/notation.h"
#include "lib/schema/validator.h"
#include "lib/testkit/paths.h"

namespace weft::schema {
namespace {

std::string told(std::string_view api_version, std::string_view kind, const std::string& spec) {
  const auto documents = doc::read_yaml(doc::Source(
      "test", fmt::format("{{apiVersion: {}, kind: {}, metadata: {{name: a}}, spec: {}}}",
                          api_version, kind, spec)));
  REQUIRE(documents.ok());
  const Schema* schema = builtin_schema(kind_name(api_version, kind));
  if (schema == nullptr) return "no schema";
  Validator validator;
  std::vector<Issue> issues;
  validator.validate(*schema, documents->front().root, issues);
  std::string out;
  for (const auto& issue : issues)
    out += fmt::format("{}{}: {}", out.empty() ? "" : "\n", issue.path, issue.message);
  return out;
}

TEST_CASE("every schema that is compiled in is sound") {
  for (const auto& problem : builtin_problems()) FAIL_CHECK(problem);
  for (const auto& name : builtin_names()) {
    INFO(name.group << "/" << name.version << " " << name.kind);
    CHECK(builtin_schema(name) != nullptr);
  }
  CHECK(builtin_names().size() > 120);
}

TEST_CASE("mistakes in mesh objects are found with nothing at hand") {
  CHECK(told("networking.istio.io/v1", "VirtualService",
             "{hosts: [a], http: [{timeout: 5s, route: [{destination: {host: a}}]}]}") == "");
  CHECK(told("networking.istio.io/v1", "VirtualService",
             "{hosts: [a], http: [{timeot: 5s, route: [{destination: {host: a}}]}]}") ==
        "spec.http[0].timeot: unknown field (did you mean timeout?)");
  CHECK(told("networking.istio.io/v1", "VirtualService",
             "{hosts: [a], http: [{timeout: 5 seconds, route: [{destination: {host: a}}]}]}") ==
        "spec.http[0].timeout: must be a duration such as 1m30s, found \"5 seconds\"");
  CHECK(told("networking.istio.io/v1beta1", "DestinationRule",
             "{host: a, trafficPolicy: {tls: {mode: MUTAL}}}") ==
        "spec.trafficPolicy.tls.mode: must be one of DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL, found "
        "MUTAL");
  CHECK(
      told("gateway.networking.k8s.io/v1", "HTTPRoute", "{rules: [{backendRefs: [{port: 0}]}]}") ==
      "spec.rules[0].backendRefs[0].port: must be at least 1, found 0\n"
      "spec.rules[0].backendRefs[0]: name is missing");
  CHECK(
      told("gateway.networking.k8s.io/v1", "Gateway",
           "{gatewayClassName: a, listeners: [{name: b, port: 80, protocol: HTTP}, {name: b, port: "
           "81, protocol: HTTP}]}") ==
      "spec.listeners[1]: the same as [0] (name b): each may stand once");
  CHECK(told("policy.linkerd.io/v1beta3", "Server", "{port: http, podSelector: {}}") == "");
  CHECK(told("split.smi-spec.io/v1alpha4", "TrafficSplit",
             "{service: a, backends: [{service: b, weight: -1}]}") ==
        "spec.backends[0].weight: must be at least 0, found -1");
  CHECK(told("kuma.io/v1alpha1", "MeshTimeout", "{targetRef: {kind: Meshes}, to: []}") != "");
  CHECK(told("consul.hashicorp.com/v1alpha1", "ServiceIntentions",
             "{destination: {name: a}, sources: [{name: b, action: allow}]}") == "");
  CHECK(told("networking.istio.io/v7", "VirtualService", "{}") == "no schema");
}

TEST_CASE("the notation refuses what it does not know, with the line") {
  const auto document = doc::read_yaml(doc::Source("kinds", "a: string\nb: strng\n"));
  REQUIRE(document.ok());
  const auto expanded = expand_notation(document->front().root);
  REQUIRE_FALSE(expanded.ok());
  CHECK(expanded.error().message == "notation of schemas, line 2: strng is no type");
}

// Fields that newer releases of the Gateway API have and the definitions of the charts have not.
const std::set<std::string, std::less<>> kNewer = {
    "allowedListeners",   "backendTLS",     "cors", "defaultScope", "externalAuth", "fraction",
    "frontendValidation", "infrastructure", "name", "percent",      "retry",        "tls",
    "useDefaultGateways"};

struct Comparison {
  std::size_t shared = 0;
  std::vector<std::string> only_ours;
  std::vector<std::string> only_theirs;
  std::vector<std::string> other_type;
};

bool alike(const Node& a, const Node& b) {
  const auto number = [](Kind kind) { return kind == Kind::integer || kind == Kind::number; };
  return a.kind == b.kind || (number(a.kind) && number(b.kind)) || a.kind == Kind::any ||
         b.kind == Kind::any;
}

void compare(const Node& ours, const Node& theirs, const std::string& path, Comparison& out) {
  if (!alike(ours, theirs)) out.other_type.push_back(path);
  if (ours.items != nullptr && theirs.items != nullptr)
    compare(*ours.items, *theirs.items, path + "[]", out);
  if (ours.additional != nullptr && theirs.additional != nullptr)
    compare(*ours.additional, *theirs.additional, path + ".*", out);
  for (const Field& field : ours.fields) {
    const Field* other = theirs.field(field.name);
    const std::string inner = path + "." + field.name;
    if (other != nullptr) {
      ++out.shared;
      compare(*field.node, *other->node, inner, out);
    } else if (theirs.closed) {
      out.only_ours.push_back(inner);
    }
  }
  for (const Field& field : theirs.fields)
    if (ours.closed && ours.field(field.name) == nullptr)
      out.only_theirs.push_back(path + "." + field.name);
}

// The definitions that charts ship, without the old Gateway API of Consul and kinds without schema.
SchemaSet real_definitions(const std::string& charts) {
  SchemaSet set;
  for (const auto folder : {"istio/base", "linkerd", "consul", "kuma"})
    for (const auto& file : std::filesystem::recursive_directory_iterator(charts + "/" + folder)) {
      const std::string path = file.path().string();
      if (!file.is_regular_file() ||
          (!path.ends_with("rendered.yaml") && path.find("/crds/") == std::string::npos))
        continue;
      const auto text = base::read_file(path);
      REQUIRE(text.ok());
      const auto manifests = doc::read_manifests(doc::Source(path, *text));
      for (const auto& manifest : manifests.documents) {
        const doc::Value* kind = manifest.document.root.find("kind");
        if (kind == nullptr || !(*kind == doc::Value("CustomResourceDefinition"))) continue;
        const doc::Value* group = manifest.document.root.find("spec")->find("group");
        const bool is_old = std::string_view(folder) == "consul" &&
                            *group == doc::Value("gateway.networking.k8s.io");
        if (!is_old) CHECK(set.add_definition(manifest.document.root, path).ok());
      }
    }
  return set;
}

TEST_CASE("schemas that are compiled in agree with the real definitions, field by field") {
  const auto charts = testkit::realdata("charts");
  if (!charts) {
    WARN("skipped: the real charts are not here");
    return;
  }
  const SchemaSet real = real_definitions(*charts);
  Comparison all;
  std::size_t compared = 0;
  std::string alone;
  for (const auto& name : builtin_names()) {
    const std::string api_version = name.group + "/" + name.version;
    const Schema* theirs = real.find(api_version, name.kind);
    if (theirs == nullptr || real.origin(api_version, name.kind) == "built in") {
      alone += fmt::format(" {}/{}", name.kind, name.version);
      continue;
    }
    ++compared;
    compare(builtin_schema(name)->root(), theirs->root(),
            fmt::format("{}/{}", name.kind, name.version), all);
  }
  for (const auto& path : all.only_ours)
    if (!kNewer.contains(path.substr(path.rfind('.') + 1))) FAIL_CHECK("only ours: " + path);
  for (const auto& path : all.only_theirs) FAIL_CHECK("only theirs: " + path);
  for (const auto& path : all.other_type) FAIL_CHECK("another type: " + path);
  CHECK(compared > 100);
  WARN(fmt::format("{} kinds compared, {} fields agree, {} are newer; without a definition:{}",
                   compared, all.shared, all.only_ours.size(), alone));
}

}  // namespace
}  // namespace weft::schema
