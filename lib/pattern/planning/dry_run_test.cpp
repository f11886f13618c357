#include "lib/pattern/planning/dry_run.h"

#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/testkit/fake_cluster.h"

using namespace weft;

namespace {

kube::Objects maps(int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += fmt::format(
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m{}, namespace: a}}\n", i);
  return kube::read_objects(doc::Source("maps", text)).value();
}

base::Error refusal(const char* words) {
  return base::Error{base::ExitCode::cluster, "cannot apply"}.because(words);
}

}  // namespace

TEST_CASE("One object that is refused hides no other, and nothing is made") {
  testkit::FakeCluster cluster;
  cluster.refuse = [](const kube::Object& object) { return kube::name_of(object) == "m3"; };
  const auto answers = pattern::dry_run(cluster, maps(8), false).value();
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(answers[i].served.has_value() == (i != 3));
    CHECK(answers[i].refusal.has_value() == (i == 3));
  }
  CHECK(cluster.size() == 0);
}

TEST_CASE("Fields of others are named, with what taking them over would make") {
  testkit::FakeCluster cluster;
  cluster.fail("apply",
               refusal("Apply failed with 1 conflict: conflict with \"somebody\": .data.k"));
  const auto answers = pattern::dry_run(cluster, maps(1), false).value();
  REQUIRE(answers[0].conflicts.size() == 1);
  CHECK(answers[0].conflicts[0].manager == "somebody");
  CHECK(answers[0].served.has_value());
}

TEST_CASE("A right that is missing for one object is missing for all of its kind and namespace") {
  testkit::FakeCluster cluster;
  for (int i = 0; i < 3; ++i)  // of all four, of two, of one
    cluster.fail("apply", refusal("Error from server (Forbidden): configmaps is forbidden"));
  const auto answers = pattern::dry_run(cluster, maps(4), false).value();
  for (const auto& answer : answers) CHECK(answer.refusal.has_value());
}

TEST_CASE("A server that does not answer ends it") {
  testkit::FakeCluster cluster;
  cluster.fail("apply", refusal("The connection to the server localhost:1 was refused"));
  CHECK(!pattern::dry_run(cluster, maps(4), false).ok());
}
