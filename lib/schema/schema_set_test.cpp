#include "lib/schema/schema_set.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/doc/read.h"
#include "lib/schema/load.h"
#include "lib/schema/validator.h"
#include "lib/testkit/temp_dir.h"

namespace weft::schema {
namespace {

constexpr const char* kDefinition = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  group: example.com
  names: {kind: Route}
  versions:
  - name: v1
    served: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {
      description: {type: string, description: what it is}}}}}}
  - name: v1beta1
    served: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {
      description: {type: string, description: what it is}}}}}}
  - name: v1alpha1
    served: false
    schema: {openAPIV3Schema: {type: object}}
)";

TEST_CASE("definitions give a schema for every served version") {
  const auto definition = doc::read(doc::Source("crd.yaml", kDefinition));
  REQUIRE(definition.ok());
  SchemaSet set;
  REQUIRE(set.add_definition(definition->root, "crd.yaml").ok());
  const Schema* schema = set.find("example.com/v1", "Route");
  REQUIRE(schema != nullptr);
  CHECK(set.find("example.com/v1beta1", "Route") == schema);
  CHECK(set.find("example.com/v1alpha1", "Route") == nullptr);
  CHECK(set.find("example.com/v1", "Other") == nullptr);
  CHECK(set.versions("example.com", "Route") == std::vector<std::string>{"v1", "v1beta1"});
  REQUIRE(set.list().size() == 2);
  CHECK(set.list()[0].origin == "crd.yaml");
  CHECK(schema->root().field("spec")->node->field("description") != nullptr);
  CHECK(set.problems().empty());
}

TEST_CASE("a definition without a group is refused") {
  SchemaSet set;
  const auto result = set.add_definition(doc::Value::map(), "crd.yaml");
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().message == "the CustomResourceDefinition names no group or no kind");
}

TEST_CASE("what is added hides what is compiled in") {
  SchemaSet set;
  CHECK(set.origin("networking.istio.io/v1", "VirtualService") == "built in");
  CHECK(set.origin("networking.istio.io/v1", "virtualservice").empty());
  set.add({"networking.istio.io", "v1", "VirtualService"}, doc::Value::map(), Dialect::structural,
          "mine");
  CHECK(set.origin("networking.istio.io/v1", "VirtualService") == "mine");
  CHECK(set.find("networking.istio.io/v1alpha3", "VirtualService") == nullptr);
  CHECK(set.find("networking.istio.io/v1", "DestinationRule") != nullptr);
}

TEST_CASE("folders give definitions and schema files by either name") {
  const testkit::TempDir folder;
  const auto put = [&](const std::string& name, const std::string& text) {
    REQUIRE(base::write_file(folder.path() + "/" + name, text).ok());
  };
  put("crd.yaml", kDefinition);
  put("example.org/thing_v1.json", R"({"type":"object","additionalProperties":false})");
  put("a.json", R"({"type":"object","x-kubernetes-group-version-kind":
                   [{"group":"apps","version":"v1","kind":"Deployment"}]})");
  put("b.json", R"({"type":"object"})");
  put("list.yaml", "kind: List\nitems: []\n---\nkind: CustomResourceDefinition\n");
  SchemaSet set;
  std::vector<std::string> problems;
  const auto count = add_path(set, folder.path(), problems);
  REQUIRE(count.ok());
  CHECK(*count == 3);
  CHECK(set.find("example.com/v1", "Route") != nullptr);
  CHECK(set.find("example.org/v1", "Thing") != nullptr);
  CHECK(set.find("apps/v1", "Deployment") != nullptr);
  CHECK(set.find("apps/v1", "deployment") == nullptr);
  REQUIRE(problems.size() == 2);
  CHECK_THAT(problems[0], Catch::EndsWith("says which kind it is for"));
  CHECK_THAT(problems[1], Catch::EndsWith("names no group or no kind"));
  CHECK_FALSE(add_path(set, folder.path() + "/none", problems).ok());
}

}  // namespace
}  // namespace weft::schema
