#include "lib/conform/remains.h"

#include <catch2/catch.hpp>

#include "lib/testkit/fake_cluster.h"

using namespace weft::conform;
using Catch::Contains;
using weft::base::WallTime;
using weft::testkit::FakeCluster;
using namespace std::chrono_literals;

namespace {

const WallTime kNow = *weft::base::parse_rfc3339("2026-03-01T12:00:00Z");

Remains made(std::optional<WallTime> lease_ends) {
  return {.ns = "weft-a-1",
          .run = "a",
          .expires = kNow + 1h,
          .created = kNow - 5min,
          .lease_ends = lease_ends};
}

}  // namespace

TEST_CASE("remains are found by labels alone; a copied label is not enough") {
  FakeCluster cluster;
  cluster.add(R"({apiVersion: v1, kind: Namespace, metadata: {name: weft-old-1, uid: u1,
    labels: {weft.dev/run: old, weft.dev/expires: "1000"}}})");
  cluster.add(R"({apiVersion: v1, kind: Namespace, metadata: {name: mine,
    labels: {weft.dev/run: old, weft.dev/expires: "1000"}}})");
  const auto found = find_remains(cluster);
  REQUIRE(found.ok());
  REQUIRE(found->size() == 1);
  CHECK(found->at(0).ns == "weft-old-1");
  CHECK(found->at(0).uid == "u1");
  CHECK(found->at(0).expires == WallTime(1000s));
}

TEST_CASE("a run lives as long as its lease, and for a minute without one") {
  CHECK(is_alive(made(kNow + 1s), kNow));
  CHECK_FALSE(is_alive(made(kNow - 1s), kNow));
  Remains young = made(std::nullopt);
  CHECK_FALSE(is_alive(young, kNow));
  young.created = kNow - 10s;
  CHECK(is_alive(young, kNow));
}

TEST_CASE("what is kept on purpose stays until its time is over") {
  Remains kept = made(kNow - 1h);
  CHECK(is_expired(kept, kNow));
  kept.kept = true;
  CHECK_FALSE(is_expired(kept, kNow));
  kept.expires = kNow - 1s;
  CHECK(is_expired(kept, kNow));
}

TEST_CASE("a namespace that was made anew by somebody else is left alone") {
  FakeCluster cluster;
  cluster.add(R"({apiVersion: v1, kind: Namespace, metadata: {name: weft-a-1, uid: new,
    labels: {weft.dev/run: a}}})");
  Remains found = made(std::nullopt);
  found.uid = "old";
  CHECK(remove_remains(cluster, {found}, {}).empty());
  CHECK(cluster.find("Namespace", "", "weft-a-1") != nullptr);
  found.uid = "new";
  CHECK(remove_remains(cluster, {found}, {}).empty());
  CHECK(cluster.find("Namespace", "", "weft-a-1") == nullptr);
}

TEST_CASE("what does not go is told with what holds it") {
  FakeCluster cluster;
  cluster.add(R"({apiVersion: v1, kind: Namespace, metadata: {name: weft-a-1, uid: u,
    labels: {weft.dev/run: a}}, status: {conditions: [{type: NamespaceFinalizersRemaining,
    status: "True", message: "Some content has finalizers remaining: example.com/x"}]}})");
  cluster.fail("delete", weft::base::Error{weft::base::ExitCode::timeout, "timed out"});
  Remains found = made(std::nullopt);
  found.uid = "u";
  const auto left = remove_remains(cluster, {found}, {});
  REQUIRE(left.size() == 1);
  CHECK_THAT(left[0], Contains("weft-a-1") && Contains("example.com/x"));
}
