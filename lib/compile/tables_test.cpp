#include "lib/compile/tables.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"

namespace weft::compile {
namespace {

doc::Document document(const std::string& text) {
  auto read = doc::read(doc::Source("table.yaml", text));
  REQUIRE(read.ok());
  return *read;
}

TEST_CASE("releases are compared number by number, a line stands for all of it") {
  CHECK(compare_versions("1.9", "1.10") < 0);
  CHECK(compare_versions("2.0", "2.0.3") == 0);
  CHECK(compare_versions("2.1.0", "2.0.9") > 0);
  const Range range{"1.9", "1.20"};
  CHECK(range.has("1.20.4"));
  CHECK_FALSE(range.has("1.21"));
  CHECK_FALSE(range.has("1.8.9"));
  CHECK(range.text() == "from 1.9 to 1.20");
  CHECK(Range{"1.9", ""}.text() == "since 1.9");
  CHECK(Range{"", "1.20"}.text() == "until 1.20");
  CHECK(Range{}.has("0.1"));
}

TEST_CASE("a field is a place, an encoding and releases") {
  const auto mapping = read_mapping(document(R"(capability: retries
meshes:
  istio:
    releases: "1.8..1.20"
    needs: [attempts]
    fields:
      attempts: VirtualService http[*].retries.attempts
      on+codes:
        - "VirtualService http[*].retries.retryOn | condition-text(conditions) @1.26"
    values: {conditions: {server-error: 5xx}}
  kuma: istio
)"));
  REQUIRE(mapping.ok());
  const Variant& variant = mapping->meshes.at("istio").front();
  CHECK(variant.range.since == "1.8");
  CHECK(variant.range.until == "1.20");
  REQUIRE(variant.fields.size() == 2);
  CHECK(variant.fields[0].encoding.empty());
  const Field& field = variant.fields[1];
  CHECK(field.place.kind == "VirtualService");
  CHECK(field.place.text == "http[*].retries.retryOn");
  CHECK(field.encoding == "condition-text");
  CHECK(field.argument == "conditions");
  CHECK(field.range.since == "1.26");
  CHECK(mapping->meshes.at("kuma").front().fields.size() == 2);
}

TEST_CASE("a kind has versions, the best first, and how an object of it begins") {
  const auto table = read_mesh_table(document(R"(mesh: istio
newest: "1.30"
kinds:
  Route:
    kind: VirtualService
    group: networking.istio.io
    versions: {v1: "1.22", v1beta1: ""}
    subject: "hosts[0]"
    spec: {hosts: [$service]}
)"));
  REQUIRE(table.ok());
  const KindTable& kind = table->kinds.front();
  CHECK(kind.handle == "Route");
  CHECK(kind.kind == "VirtualService");
  CHECK(kind.versions.front().range.since == "1.22");
  CHECK(kind.name == "$service");
  CHECK(kind.ns == "$namespace");
  CHECK(kind.subject.size() == 3);
}

TEST_CASE("a table that says what nobody reads is an error") {
  struct Row {
    const char* text;
    const char* message;
  };
  const Row rows[] = {
      {"capability: a\nmeshes: [istio]\n", "meshes must be a map"},
      {"capability: a\nmeshes: {kuma: istio}\n", "istio has no variants"},
      {"capability: a\nmeshes: {istio: {feilds: {}}}\n", "feilds"},
      {"capability: a\nmeshes: {istio: {fields: {x: 'Kind a[b'}}}\n", "the path a[b is malformed"}};
  for (const Row& row : rows) {
    INFO(row.text);
    const auto mapping = read_mapping(document(row.text));
    REQUIRE_FALSE(mapping.ok());
    CHECK(mapping.error().message.find(row.message) != std::string::npos);
  }
  CHECK_FALSE(read_mesh_table(document("mesh: a\nnewest: '1'\nkinds: {K: {group: g}}\n")).ok());
}

}  // namespace
}  // namespace weft::compile
