#include "lib/mesh/advise.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace weft::mesh {
namespace {

template <typename T>
T taken(base::Result<T> result) {
  if (!result.ok()) FAIL(result.error().message);
  return *std::move(result);
}

const Catalog& catalog() {
  static const Catalog builtin = Catalog::builtin();
  return builtin;
}

Ranking rank(const Requirements& wanted) { return taken(advise(catalog(), wanted)); }

const Advice& of(const Ranking& ranking, std::string_view id) {
  const auto found = std::ranges::find(
      ranking.advice, id, [](const Advice& one) { return std::string_view(one.mesh->id); });
  REQUIRE(found != ranking.advice.end());
  return *found;
}

}  // namespace

TEST_CASE("needs are ids or their second names, each once") {
  CHECK(taken(parse_needs({"mtls", "traffic-split", "canary"})) ==
        std::vector<std::string>{"mtls", "canary"});
  const auto unknown = parse_needs({"retrys"});
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().message == "no capability is called retrys (did you mean retries?)");
}

TEST_CASE("the mean support of the needs is the score") {
  const auto ranking = rank({.capabilities = {"mtls", "canary", "jwt", "fault-delay"}});
  CHECK(of(ranking, "istio").score == Approx(100));
  CHECK(of(ranking, "istio").against.empty());
  CHECK(of(ranking, "linkerd").score == Approx(100 * (0.5 + 1 + 0 + 0) / 4));
  CHECK(of(ranking, "linkerd").answers[2].support == Support::no);
  CHECK(ranking.advice.front().mesh->id == "istio");
}

TEST_CASE("archived and ended meshes fall behind and name their successors") {
  const auto ranking = rank({.capabilities = {"smi"}});
  const auto& osm = of(ranking, "osm");
  CHECK(osm.score == Approx(40));
  CHECK(osm.against == std::vector<std::string>{"archived since 2023-07"});
  CHECK(osm.successors == std::vector<std::string>{"istio", "fsm"});
  CHECK(of(ranking, "linkerd").score > osm.score);
  CHECK(of(rank({.capabilities = {"mtls"}}), "app-mesh").score == Approx(5));
}

TEST_CASE("the cluster's version chooses the version of the mesh") {
  const auto old = rank({.capabilities = {"mtls"}, .cluster = Minor{1, 31}});
  CHECK(of(old, "istio").version->version == "1.29.6");
  CHECK(of(old, "istio").score == Approx(100));
  CHECK(of(old, "kuma").version->version == "2.13.10");
  const auto future = rank({.capabilities = {"mtls"}, .cluster = Minor{1, 40}});
  CHECK(of(future, "istio").score == Approx(60));
  CHECK(of(future, "istio").against[0] == "Kubernetes 1.40 is outside 1.32-1.36 of 1.30.3");
}

TEST_CASE("what is to be avoided takes no part, and why") {
  const auto ranking = rank({.capabilities = {"mtls"},
                             .cluster = {},
                             .avoid = {"archived", "ended", "sidecars", "consul"}});
  const auto why = [&ranking](std::string_view id) {
    for (const auto& one : ranking.avoided)
      if (one.mesh->id == id) return one.why;
    return std::string("not avoided");
  };
  CHECK(why("osm") == "archived since 2023-07");
  CHECK(why("app-mesh") == "ended since 2026-09-30");
  CHECK(why("linkerd") == "needs sidecars");
  CHECK(why("consul") == "named");
  CHECK(why("istio") == "not avoided");
  const auto bad = advise(catalog(), {.avoid = {"archive"}});
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().message == "--avoid does not know archive (did you mean archived?)");
}

TEST_CASE("without needs all capabilities count") {
  const auto ranking = rank({});
  CHECK(ranking.advice.front().mesh->id == "istio");
  CHECK(of(ranking, "istio").answers.size() > 25);
  for (const auto& one : ranking.advice) {
    CHECK(one.score >= 0);
    CHECK(one.score <= 100);
    CHECK((one.mesh->kind == Kind::mesh));
  }
}

}  // namespace weft::mesh
