#include "lib/lifecycle/values.h"

#include <catch2/catch.hpp>

#include "lib/doc/write.h"

using namespace weft;
using namespace weft::lifecycle;
using namespace weft::lifecycle;

namespace {

std::string after_set(std::string_view text) {
  doc::Value values = doc::Value::map();
  const auto given = parse_set(text);
  if (!given.ok()) return given.error().message;
  for (const auto& one : *given)
    if (!set_path(values, one.path, one.value).ok()) return "bad path";
  return doc::write_json(values, 0);
}

}  // namespace

TEST_CASE("--set follows helm's grammar") {
  CHECK(after_set("a=1,b.c=x") == "{\"a\":1,\"b\":{\"c\":\"x\"}}\n");
  CHECK(after_set("a=true,b=null,c=007,d=1.5") ==
        "{\"a\":true,\"b\":null,\"c\":\"007\",\"d\":\"1.5\"}\n");
  CHECK(after_set("a={x,2}") == "{\"a\":[\"x\",2]}\n");
  CHECK(after_set("a[1].b=x") == "{\"a\":[null,{\"b\":\"x\"}]}\n");
  CHECK(after_set("a\\.b=x") == "{\"a.b\":\"x\"}\n");
  CHECK(after_set("a=x\\,y") == "{\"a\":\"x,y\"}\n");
  CHECK(after_set("a=") == "{\"a\":\"\"}\n");
  CHECK(after_set("a=b=c") == "{\"a\":\"b=c\"}\n");
}

TEST_CASE("What sets no value is a usage error") {
  CHECK(after_set("novalue") == "'novalue' sets no value");
  CHECK(after_set("=x") == "'=x' sets no value");
  for (const char* path : {"", ".", "a..b", "a.", "[0]", "a[x]", "a[0", "a[99999999]"}) {
    doc::Value values;
    CAPTURE(path);
    CHECK(!set_path(values, path, 1).ok());
  }
}

TEST_CASE("A path finds what was set") {
  doc::Value values;
  REQUIRE(set_path(values, "a.b[0].c", "x").ok());
  REQUIRE(find_path(values, "a.b[0].c") != nullptr);
  CHECK(find_path(values, "a.b[0].c")->string() == "x");
  CHECK(find_path(values, "a.b[1]") == nullptr);
  CHECK(find_path(values, "a.x.y") == nullptr);
}

TEST_CASE("A record keeps no secrets") {
  doc::Value values;
  REQUIRE(set_path(values, "licensing.glooMeshLicenseKey", "s3cret").ok());
  REQUIRE(set_path(values, "registry.password", "s3cret").ok());
  REQUIRE(set_path(values, "list[0].token", "s3cret").ok());
  REQUIRE(set_path(values, "secretName", doc::Value::map()).ok());
  REQUIRE(set_path(values, "replicas", 2).ok());
  const std::string kept = doc::write_json(without_secrets(values), 0);
  CHECK(kept.find("s3cret") == std::string::npos);
  CHECK(kept.find("\"replicas\":2") != std::string::npos);

  REQUIRE(set_path(values, "url", "https://user:pass@x").ok());
  const std::string known = doc::write_json(without_secrets(values, {"https://user:pass@x"}), 0);
  CHECK(known.find("pass@x") == std::string::npos);
  CHECK(known.find("\"replicas\":2") != std::string::npos);

  doc::Value recorded = without_secrets(values);
  CHECK(restore_secrets(recorded, values));
  CHECK(recorded == values);
  recorded = without_secrets(values);
  CHECK(!restore_secrets(recorded, doc::Value::map()));
}

TEST_CASE("Equal values have equal hashes whatever the order of their keys") {
  doc::Value a, b;
  a.set("x", 1).set("y", doc::Value().set("p", 1).set("q", 2));
  b.set("y", doc::Value().set("q", 2).set("p", 1)).set("x", 1);
  CHECK(hash_of(a) == hash_of(b));
  b.set("x", 2);
  CHECK(hash_of(a) != hash_of(b));
}
