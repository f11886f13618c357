#include "lib/schema/schema_set.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/schema/validator.h"

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

}  // namespace
}  // namespace weft::schema
