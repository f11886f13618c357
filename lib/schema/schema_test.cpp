#include "lib/schema/schema.h"

#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/schema/validator.h"

namespace weft::schema {
namespace {

doc::Value parsed(const std::string& text) {
  auto document = doc::read(doc::Source("test", text));
  INFO(text);
  REQUIRE(document.ok());
  return document->root;
}

std::vector<Issue> issues_of(const Schema& schema, const std::string& object) {
  Validator validator;
  std::vector<Issue> issues;
  validator.validate(schema, parsed(object), issues);
  return issues;
}

// "path: message" of every issue, one a line.
std::string told(const std::string& schema_text, const std::string& object,
                 Dialect dialect = Dialect::structural) {
  const auto schema =
      Schema::compile(parsed(schema_text), {.dialect = dialect, .is_resource = false});
  REQUIRE(schema.ok());
  for (const auto& problem : schema->problems()) FAIL_CHECK(problem);
  std::string out;
  for (const auto& issue : issues_of(*schema, object))
    out += fmt::format("{}{}: {}", out.empty() ? "" : "\n", issue.path, issue.message);
  return out;
}

TEST_CASE("values must have the type of their schema") {
  const std::string schema = R"({"type":"object","properties":{
    "i":{"type":"integer"},"n":{"type":"number"},"s":{"type":"string"},"b":{"type":"boolean"},
    "l":{"type":"array","items":{"type":"integer"}},"o":{"type":"object","properties":{}},
    "x":{"x-kubernetes-int-or-string":true},"any":{"x-kubernetes-preserve-unknown-fields":true}}})";
  CHECK(told(schema, R"({"i":1,"n":1.5,"s":"a","b":true,"l":[1],"o":{},"x":"50%","any":[1,{}]})") ==
        "");
  CHECK(told(schema, R"({"i":1.0,"x":3})") == "");
  CHECK(told(schema, R"({"i":"1"})") == "i: must be an integer, found a string");
  CHECK(told(schema, R"({"i":1.5})") == "i: must be an integer, found a number");
  CHECK(told(schema, R"({"n":true})") == "n: must be a number, found a boolean");
  CHECK(told(schema, R"({"s":1})") == "s: must be a string, found an integer");
  CHECK(told(schema, R"({"b":"yes"})") == "b: must be true or false, found a string");
  CHECK(told(schema, R"({"l":{}})") == "l: must be a list, found a map");
  CHECK(told(schema, R"({"l":[1,"a"]})") == "l[1]: must be an integer, found a string");
  CHECK(told(schema, R"({"o":[]})") == "o: must be a map, found a list");
  CHECK(told(schema, R"({"x":true})") == "x: must be an integer or a string, found a boolean");
  CHECK(told(schema, R"([])") == ": must be a map, found a list");
}

TEST_CASE("a null under a key is absent unless null is allowed") {
  const std::string schema = R"({"type":"object","required":["a"],"properties":{
    "a":{"type":"string"},"b":{"type":"string","nullable":true},
    "l":{"type":"array","items":{"type":"string"}}}})";
  CHECK(told(schema, R"({"a":"x","b":null})") == "");
  CHECK(told(schema, R"({"a":null})") == ": a is missing");
  CHECK(told(schema, R"({"a":"x","l":[null]})") == "l[0]: must be a string, found null");
}

TEST_CASE("an unknown field is told with the name that was meant, at its key") {
  const std::string schema =
      R"({"type":"object","properties":{"retries":{"type":"object","properties":{"attempts":{"type":"integer"}}},
          "labels":{"type":"object","additionalProperties":{"type":"string"}},
          "open":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}})";
  CHECK(told(schema, R"({"labels":{"a.b/c":"d"},"open":{"x":1}})") == "");
  CHECK(told(schema, R"({"retires":{}})") == "retires: unknown field (did you mean retries?)");
  CHECK(told(schema, R"({"zzz":1})") == "zzz: unknown field");
  CHECK(told(schema, R"({"labels":{"a.b/c":1}})") ==
        R"(labels["a.b/c"]: must be a string, found an integer)");
  const auto compiled = Schema::compile(parsed(schema), {.is_resource = false});
  const auto issues = issues_of(*compiled, "retries:\n  atempts: 3\n");
  REQUIRE(issues.size() == 1);
  CHECK((issues[0].kind == IssueKind::unknown_field));
  CHECK(issues[0].suggestion == "attempts");
  CHECK(issues[0].position.line == 2);
  CHECK(issues[0].position.column == 3);
}

TEST_CASE("numbers, texts, lists and maps keep to their limits") {
  const std::string schema = R"({"type":"object","maxProperties":3,"properties":{
    "port":{"type":"integer","minimum":1,"maximum":65535},
    "share":{"type":"number","minimum":0,"exclusiveMinimum":true,"multipleOf":0.5},
    "name":{"type":"string","minLength":1,"maxLength":4,"pattern":"^[a-zé]*$"},
    "mode":{"type":"string","enum":["STRICT","PERMISSIVE"]},
    "list":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"integer","format":"int32"}}}})";
  CHECK(told(schema, R"({"port":80,"share":1.5,"name":"éééé"})") == "");
  CHECK(told(schema, R"({"port":0})") == "port: must be at least 1, found 0");
  CHECK(told(schema, R"({"port":65536})") == "port: must be at most 65535, found 65536");
  CHECK(told(schema, R"({"share":0})") == "share: must be more than 0, found 0");
  CHECK(told(schema, R"({"share":0.75})") == "share: must be a multiple of 0.5, found 0.75");
  CHECK(told(schema, R"({"name":""})") == "name: must not be empty");
  CHECK(told(schema, R"({"name":"abcde"})") == "name: must have 1 to 4 characters, has 5");
  CHECK(told(schema, R"({"name":"A"})") == "name: \"A\" does not match the pattern ^[a-zé]*$");
  CHECK(told(schema, R"({"mode":"STRCT"})") ==
        "mode: must be one of STRICT, PERMISSIVE, found STRCT");
  CHECK(told(schema, R"({"list":[]})") == "list: must have 1 to 2 items, has 0");
  CHECK(told(schema, R"({"list":[3000000000]})") == "list[0]: must fit int32, found 3000000000");
  CHECK(told(schema, R"({"port":1,"share":1,"name":"a","mode":"STRICT"})") ==
        ": must have at most 3 fields, has 4");
}

TEST_CASE("named formats are checked, unknown ones say nothing") {
  const auto text = [](const std::string& format, const std::string& value) {
    return told(R"({"type":"string","format":")" + format + "\"}", "\"" + value + "\"");
  };
  CHECK(text("date-time", "2026-03-01T12:00:00Z") == "");
  CHECK(text("date-time", "yesterday") ==
        ": must be a date and time such as 2026-03-01T12:00:00Z, found \"yesterday\"");
  CHECK(text("duration", "1m30s") == "");
  CHECK(text("duration", "1 minute") != "");
  CHECK(text("ipv4", "10.0.0.256") != "");
  CHECK(text("ipv6", "::1") == "");
  CHECK(text("uuid", "123e4567-e89b-12d3-a456-426614174000") == "");
  CHECK(text("hostname", "-a.example") != "");
  CHECK(text("email", "a@b") == "");
  CHECK(text("byte", "?") != "");
  CHECK(text("whatever", "?") == "");
}

TEST_CASE("required fields may come from defaults") {
  const std::string schema = R"({"type":"object","required":["a","b"],"properties":{
    "a":{"type":"string","default":"x"},"b":{"type":"string"}}})";
  CHECK(told(schema, R"({"b":"y"})") == "");
  CHECK(told(schema, R"({})") == ": b is missing");
}

TEST_CASE("lists that are sets or maps have no item twice") {
  const std::string set =
      R"({"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}})";
  CHECK(told(set, R"(["a","b"])") == "");
  CHECK(told(set, R"(["a","b","a","a"])") ==
        "[2]: the same as [0] (a): each may stand once\n"
        "[3]: the same as [2] (a): each may stand once");
  const std::string map = R"({"type":"array","x-kubernetes-list-type":"map",
    "x-kubernetes-list-map-keys":["port","protocol"],"items":{"type":"object","properties":{
      "port":{"type":"integer"},"protocol":{"type":"string","default":"TCP"}}}})";
  CHECK(told(map, R"([{"port":1},{"port":1,"protocol":"UDP"},{"port":2}])") == "");
  CHECK(told(map, R"([{"port":1},{"port":1,"protocol":"TCP"}])") ==
        "[1]: the same as [0] (port 1, protocol TCP): each may stand once");
}

TEST_CASE("fields that exclude each other are named") {
  const std::string one =
      R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},
    "oneOf":[{"not":{"anyOf":[{"required":["a"]},{"required":["b"]}]}},{"required":["a"]},{"required":["b"]}]})";
  CHECK(told(one, R"({})") == "");
  CHECK(told(one, R"({"a":"x"})") == "");
  CHECK(told(one, R"({"a":"x","b":"y"})") == ": only one of a, b may be set, found a and b");
  const std::string need =
      R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},
    "anyOf":[{"required":["a"]},{"required":["b"]}]})";
  CHECK(told(need, R"({})") == ": one of a, b must be set");
  CHECK(told(need, R"({"a":"x","b":"y"})") == "");
  const std::string never = R"({"type":"object","properties":{"a":{"type":"string"}},
    "not":{"required":["a"]}})";
  CHECK(told(never, R"({"a":"x"})") == ": a must not be set here");
  CHECK(told(R"({"allOf":[{"minimum":3},{"maximum":5}],"type":"integer"})", "7") ==
        ": must be at most 5, found 7");
  CHECK(
      told(
          R"({"anyOf":[{"type":"integer"},{"pattern":"^[0-9]+%$"}],"x-kubernetes-int-or-string":true})",
          R"("half")") == ": has none of the allowed forms");
}

TEST_CASE("validation rules see defaults and types, and point at their field") {
  const std::string schema = R"({"type":"object","x-kubernetes-validations":[
      {"rule":"self.type == 'Exact' ? !self.value.contains('#') : true","message":"no # in a path","fieldPath":".value"},
      {"rule":"self.share * 2.0 <= 1.0","messageExpression":"'at most half, not ' + string(self.share) + '!'"},
      {"rule":"self == oldSelf","message":"never changes"}],
    "properties":{
  "type" : {"type" : "string", "default" : "Exact"}, "value" : {"type" : "string"}, "share" : {
    "type" : "number", "default" : 0.5
  }
}
})";
  CHECK(told(schema, R"({"value":"/a"})") == "");
  CHECK(told(schema, R"({"value":"/a#b"})") == "value: no # in a path");
  CHECK(told(schema, R"({"value":"/a#b","type":"Prefix"})") == "");
  CHECK(told(schema, R"({"value":"/a","share":1})") == ": at most half, not 1!");
  CHECK(told(schema, R"({"share":1})") ==
        "value: the rule self.type == 'Exact' ? !self.value.contains('#') : true cannot be "
        "evaluated: "
        "no such key: value\n: at most half, not 1!");
}

TEST_CASE("rules of a malformed part are not evaluated") {
  const std::string schema = R"({"type":"object","properties":{"a":{"type":"string"}},
    "x-kubernetes-validations":[{"rule":"self.a.size() > 2"}]})";
  CHECK(told(schema, R"({"a":[]})") == "a: must be a string, found a list");
  CHECK(told(schema, R"({"a":"x"})") == ": the rule does not hold: self.a.size() > 2");
}

TEST_CASE("a rule that does not compile is a problem of the schema, not of objects") {
  const auto schema = Schema::compile(
      parsed(R"({"type":"object","properties":{"a":{"type":"string","x-kubernetes-validations":
        [{"rule":"self.b == 1"},{"rule":"size(self) + 0"}],"pattern":"("
}
}
})"),
      {.is_resource = false});
  REQUIRE(schema.ok());
  REQUIRE(schema->problems().size() == 3);
  CHECK(schema->problems()[0] == "a: invalid regular expression (: missing ): (");
  CHECK(schema->problems()[1] == "a: rule self.b == 1: column 6: a string has no field b");
  CHECK(schema->problems()[2] == "a: rule size(self) + 0: the result is a int, not a bool");
}

TEST_CASE("an object has apiVersion, kind and metadata without the schema saying so") {
  const auto schema =
      Schema::compile(parsed(R"({"type":"object","properties":{"spec":{"type":"object"}}})"), {});
  REQUIRE(schema.ok());
  CHECK(issues_of(*schema, "apiVersion: v1\nkind: A\nmetadata: {name: a, labels: {x: y}}\nspec: {}")
            .empty());
  const auto issues = issues_of(*schema, "apiVersion: v1\nmetadata: {nme: a}\nspecs: {}");
  REQUIRE(issues.size() == 3);
  CHECK(issues[0].path == "metadata.nme");
  CHECK(issues[0].suggestion == "name");
  CHECK(issues[1].path == "specs");
  CHECK(issues[2].message == "kind is missing");
}

TEST_CASE("JSON Schema files: references, open by default, closed when they say so") {
  const std::string schema = R"({"definitions":{"port":{"type":["integer","null"],"minimum":1},
      "tree":{"type":"object","additionalProperties":false,"properties":{
        "children":{"type":"array","items":{"$ref":"#/definitions/tree"}}}}},
    "type":"object","properties":{"port":{"$ref":"#/definitions/port"},
      "tree":{"$ref":"#/definitions/tree"}}})";
  CHECK(told(schema, R"({"port":null,"other":1})", Dialect::json_schema) == "");
  CHECK(told(schema, R"({"port":0})", Dialect::json_schema) == "port: must be at least 1, found 0");
  CHECK(told(schema, R"({"tree":{"children":[{"children":[{"chldren":1}]}]}})",
             Dialect::json_schema) ==
        "tree.children[0].children[0].chldren: unknown field (did you mean children?)");
}

TEST_CASE("hostile schemas are bounded") {
  std::string deep;
  for (int i = 0; i < 150; ++i) deep += R"({"items":)";
  deep += "{}";
  for (int i = 0; i < 150; ++i) deep += "}";
  const auto too_deep = Schema::compile(parsed(deep), {});
  REQUIRE_FALSE(too_deep.ok());
  CHECK_THAT(too_deep.error().message, Catch::Contains("deeper than 100 levels"));
  CHECK_FALSE(Schema::compile(parsed("[]"), {}).ok());
  // Each level asks twice for the next one, for ever.
  const auto cyclic = Schema::compile(
      parsed(
          R"({"definitions":{"x":{"anyOf":[{"$ref":"#/definitions/x"},{"$ref":"#/definitions/x"}]}},
                "$ref":"#/definitions/x"})"),
      {.is_resource = false});
  REQUIRE(cyclic.ok());
  const auto issues = issues_of(*cyclic, "{}");
  REQUIRE(issues.size() == 1);
  CHECK((issues[0].kind == IssueKind::limit));
}

}  // namespace
}  // namespace weft::schema
