#include "lib/schema/location.h"

#include <catch2/catch.hpp>

namespace weft::schema {

TEST_CASE("a location names the file of a kind") {
  CHECK(is_template("x/{kind}.json"));
  CHECK_FALSE(is_template("x/schemas"));
  CHECK(expand("s/{group}/{kind}_{version}.json", {"kuma.io", "v1alpha1", "Mesh"}) ==
        "s/kuma.io/mesh_v1alpha1.json");
  CHECK(expand("{group}-{kind}", {"", "v1", "Service"}) == "core-service");
}

TEST_CASE("a name that could lead elsewhere names no file") {
  for (const char* bad : {"../../etc", "a/b", ".hidden", "", "a b"}) {
    CHECK_FALSE(expand("s/{kind}.json", {"a.io", "v1", bad}).has_value());
    if (*bad != '\0') CHECK_FALSE(expand("s/{group}/x.json", {bad, "v1", "A"}).has_value());
  }
}

TEST_CASE("a file at a location is a definition or a plain schema") {
  SchemaSet set;
  REQUIRE(add_located(set, {"a.io", "v1", "Plain"},
                      doc::Source("p.json", R"({"type": "object", "properties": {}})"))
              .ok());
  REQUIRE(add_located(set, {"a.io", "v1", "Custom"}, doc::Source("c.json", R"({
      "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
      "spec": {"group": "a.io", "names": {"kind": "Custom"}, "versions": [{"name": "v1",
        "served": true, "schema": {"openAPIV3Schema": {"type": "object"}}}]}})"))
              .ok());
  CHECK(set.find("a.io/v1", "Plain") != nullptr);
  CHECK(set.find("a.io/v1", "Custom") != nullptr);
  CHECK_FALSE(add_located(set, {"a.io", "v1", "X"}, doc::Source("x.json", "[]")).ok());
}

}  // namespace weft::schema
