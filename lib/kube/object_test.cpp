#include "lib/kube/object.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/kube/version.h"

using namespace weft;
using namespace weft::kube;

namespace {

base::Result<Objects> read(const std::string& text) {
  return read_objects(doc::Source("test", text));
}

doc::Value yaml(const std::string& text) {
  return doc::read_yaml(doc::Source("test", text))->at(0).root;
}

}  // namespace

TEST_CASE("objects come out of YAML streams, Lists and JSON values behind each other") {
  const auto stream = read(
      "# only a comment\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\n---\n"
      "apiVersion: v1\nkind: ConfigMapList\nitems:\n- {apiVersion: v1, kind: ConfigMap}\n");
  REQUIRE(stream.ok());
  REQUIRE(stream->size() == 2);
  CHECK(ref_of(stream->at(0)).text() == "Secret a");
  const auto json = read(R"({"apiVersion":"v1","kind":"A","x":"}{"}
{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"B"}]})");
  REQUIRE(json.ok());
  REQUIRE(json->size() == 2);
  CHECK(ref_of(json->at(1)).kind == "B");
  const auto documents = read(
      "{\"apiVersion\": \"v1\", \"kind\": \"A\"}\n---\n"
      "{\"apiVersion\": \"v1\", \"kind\": \"B\"}\n");
  REQUIRE(documents.ok());
  CHECK(documents->size() == 2);
  CHECK(read("")->empty());
}

TEST_CASE("integers with a leading zero are octal, as for kubectl and helm") {
  const auto read_modes =
      *read("apiVersion: v1\nkind: A\na: 0400\nb: [0644, 0, 10, 08]\nc: '0400'\n");
  const Object& object = read_modes.at(0);
  CHECK(int_at(object, {"a"}) == 256);
  CHECK(list_at(object, {"b"})[0] == doc::Value(420));
  CHECK(list_at(object, {"b"})[1] == doc::Value(0));
  CHECK(list_at(object, {"b"})[2] == doc::Value(10));
  CHECK(list_at(object, {"b"})[3] == doc::Value(8));
  CHECK(text_at(object, {"c"}) == "0400");
}

TEST_CASE("of a key that stands twice the last counts, as for kubectl and helm") {
  std::vector<std::string> repeated;
  const auto objects = read_objects(
      doc::Source("chart",
                  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nmetadata: {name: b}\n"),
      &repeated);
  REQUIRE(objects.ok());
  CHECK(name_of(objects->front()) == "b");
  CHECK(repeated ==
        std::vector<std::string>{"chart:4: the key metadata stands twice, the last one counts"});
}

TEST_CASE("what is no object is refused at its place") {
  const auto text = read("apiVersion: v1\nkind: A\n---\njust text\n");
  REQUIRE_FALSE(text.ok());
  CHECK(text.error().where.line == 4);
  CHECK_FALSE(read("kind: A\n").ok());
  CHECK_FALSE(read("{\"apiVersion\":\"v1\",\"kind\":\"A\"} trailing").ok());
  CHECK_FALSE(read("{\"apiVersion\":\"v1\"").ok());
}

TEST_CASE("references know group, version and namespace") {
  const Ref ref = make_ref("networking.istio.io/v1", "Gateway", "a", "g");
  CHECK(ref.group == "networking.istio.io");
  CHECK(ref.api_version() == "networking.istio.io/v1");
  CHECK(ref_of(stub_of(ref)) == ref);
  CHECK(ref.same_object(make_ref("networking.istio.io/v1beta1", "Gateway", "a", "g")));
  CHECK_FALSE(ref.same_object(make_ref("networking.istio.io/v1", "Gateway", "b", "g")));
}

TEST_CASE("selectors match as the API server matches them") {
  const auto labels = yaml("{app: a, tier: web}");
  const auto fits = [&labels](const std::string& selector) {
    const auto value = yaml(selector);
    return matches(&value, &labels);
  };
  CHECK(fits("{matchLabels: {app: a}}"));
  CHECK_FALSE(fits("{matchLabels: {app: b}}"));
  CHECK(fits("{matchExpressions: [{key: tier, operator: In, values: [db, web]}]}"));
  CHECK_FALSE(fits("{matchExpressions: [{key: tier, operator: NotIn, values: [web]}]}"));
  CHECK(fits("{matchExpressions: [{key: none, operator: DoesNotExist}]}"));
  CHECK_FALSE(fits("{matchExpressions: [{key: none, operator: Exists}]}"));
  CHECK(fits("{matchExpressions: [{key: none, operator: NotIn, values: [x]}]}"));
  CHECK(fits("{}"));
  CHECK_FALSE(matches(nullptr, &labels));
  const auto selector = yaml("{matchLabels: {app: a}}");
  CHECK_FALSE(matches(&selector, nullptr));
}

TEST_CASE("the release's namespace is filled in where a kind has one") {
  auto objects = *read(
      "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\n"
      "apiVersion: v1\nkind: Service\nmetadata: {name: b, namespace: other}\n---\n"
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: c}\n---\n"
      "apiVersion: x.test/v1\nkind: Wide\nmetadata: {name: d}\n---\n"
      "apiVersion: x.test/v1\nkind: Narrow\nmetadata: {name: e}\n");
  const auto crds = *read(
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
      "spec: {group: x.test, scope: Cluster, names: {kind: Wide}}\n");
  fill_namespace(objects, "mine", crds);
  std::vector<std::string> namespaces;
  for (const Object& object : objects) namespaces.emplace_back(namespace_of(object));
  CHECK(namespaces == std::vector<std::string>{"mine", "other", "", "", "mine"});
}

TEST_CASE("kinds have plurals, known or usual") {
  CHECK(plural_of("", "Endpoints") == "endpoints");
  CHECK(plural_of("networking.k8s.io", "NetworkPolicy") == "networkpolicies");
  CHECK(plural_of("x.test", "Mesh") == "meshes");
  CHECK(plural_of("x.test", "Gateway") == "gateways");
  CHECK(plural_of("x.test", "MeshTrafficPolicy") == "meshtrafficpolicies");
}

TEST_CASE("versions are read as programs say them and compare by number") {
  CHECK(parse_version("v1.33.4-gke.100")->minor == 33);
  CHECK(parse_version("v4.1.4+g05fa379")->patch == 4);
  CHECK(parse_version("1.25")->minor == 25);
  CHECK(parse_version("1.25+")->minor == 25);
  CHECK_FALSE(parse_version("4"));
  CHECK_FALSE(parse_version("latest"));
  CHECK_FALSE(parse_version(""));
  CHECK(*parse_version("v1.9.0") < *parse_version("1.10"));
  CHECK(*parse_version("v1.9.0") == *parse_version("1.9"));
}
