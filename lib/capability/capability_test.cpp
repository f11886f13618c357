#include "lib/capability/capability.h"

#include <catch2/catch.hpp>

#include <set>

#include "lib/capability/settings.h"
#include "lib/doc/read.h"

namespace weft::capability {
namespace {

doc::Value value(const std::string& text) {
  auto read = doc::read_yaml(doc::Source("settings.yaml", text));
  REQUIRE(read.ok());
  return read->front().root;
}

const Capability& retry() { return **find("Retry"); }

TEST_CASE("every capability that is compiled in can be read") {
  CHECK(builtin_problems().empty());
  CHECK(all().size() == 28);
}

TEST_CASE("every capability says how each of the twelve meshes expresses it") {
  CHECK(meshes().size() == 12);
  for (const auto& one : all()) {
    INFO(one.id);
    CHECK(one.cells.size() == 12);
    for (const auto& cell : one.cells) {
      INFO(cell.mesh);
      CHECK((cell.support != Support::none || !cell.nearest.empty()));
    }
  }
}

TEST_CASE("types, names and ids are unique") {
  std::set<std::string> names;
  for (const auto& one : all())
    for (const auto& name : {one.type, one.name, one.id}) CHECK(names.insert(name).second);
}

TEST_CASE("a capability is found by type, alias, name and id") {
  for (const auto name : {"StrictMTLS", "MutualTLS", "mtls", "security.mtls.strict", "mutualtls"})
    CHECK((*find(name))->id == "security.mtls.strict");
  CHECK(of_type("Retry") == &retry());
  CHECK(of_type("retries") == nullptr);
}

TEST_CASE("an unknown capability is an error with the nearest names") {
  const auto found = find("Retri");
  REQUIRE_FALSE(found.ok());
  CHECK(found.error().message.find("did you mean Retry") != std::string::npos);
}

TEST_CASE("the examples of every capability fit its settings") {
  for (const auto& one : all()) {
    INFO(one.id);
    CHECK_FALSE(one.examples.empty());
    for (const auto& example : one.examples) {
      const auto checked = check(one, example);
      INFO((checked.ok() ? "" : checked.error().message));
      CHECK(checked.ok());
    }
  }
}

TEST_CASE("settings get one form and their defaults") {
  const auto checked = check(**find("FaultDelay"), value("{duration: 1500ms, percent: 12.5%}"));
  REQUIRE(checked.ok());
  CHECK(*checked == value("{duration: 1.5s, percent: 12.5}"));
  CHECK(check(**find("FaultDelay"), value("{duration: 1s}"))->find("percent")->integer() == 100);
}

TEST_CASE("a wrong setting is an error at its place") {
  const doc::Source source("p.yaml", "attempts: 3\nperTryTimeout: soon\n");
  const auto document = doc::read(source);
  REQUIRE(document.ok());
  const auto checked = check(retry(), document->root, document->source.get(), "reviews.Retry");
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.error().message ==
        "reviews.Retry.perTryTimeout must be a duration as 1m30s or 250ms, found \"soon\"");
  CHECK(checked.error().where.text() == "p.yaml:2:16");
}

TEST_CASE("what the schema does not allow is refused") {
  struct Case {
    const char* settings;
    const char* message;
  };
  const Case cases[] = {
      {"{attempt: 3}", "attempt is not a setting (did you mean attempts?)"},
      {"{}", "attempts is missing: tries after the first one"},
      {"{attempts: 101}", "attempts must be from 0 to 100, found 101"},
      {"{attempts: three}", "attempts must be an integer, found \"three\""},
      {"{attempts: 3, on: reset}", "on must be a list, found \"reset\""},
      {"{attempts: 3, client: {serviceAccount: a}}", "client.namespace is missing: its namespace"},
      {"[1]", "the settings of Retry must be a map"}};
  for (const auto& one : cases) {
    INFO(one.settings);
    const auto checked = check(retry(), value(one.settings));
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().message == one.message);
  }
}

}  // namespace
}  // namespace weft::capability
