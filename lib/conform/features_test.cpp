#include "lib/conform/features.h"

#include <catch2/catch.hpp>

using namespace weft::conform;

namespace {

TestSpec needs(std::string id, std::vector<std::string> features) {
  TestSpec out;
  out.id = std::move(id);
  out.level = Level::extended;
  out.features = std::move(features);
  return out;
}

SuiteSpec suite() {
  SuiteSpec out;
  out.tests = {needs("T-1", {"Rewrite"}), needs("T-2", {"Rewrite"}), needs("T-3", {"Mirror"}),
               needs("T-4", {})};
  return out;
}

Suite results(Verdict second, Verdict third) {
  Suite out;
  for (const auto& [id, verdict] : {std::pair{"T-1", Verdict::pass}, std::pair{"T-2", second},
                                    std::pair{"T-3", third}, std::pair{"T-4", Verdict::pass}}) {
    Test test;
    test.id = id;
    test.level = Level::extended;
    test.verdict = verdict;
    out.tests.push_back(std::move(test));
  }
  return out;
}

using Names = std::set<std::string>;

}  // namespace

TEST_CASE("features are declared by name, or all but some") {
  CHECK(declared_features(suite(), {}) == Names{"Mirror", "Rewrite"});
  CHECK(declared_features(suite(), {"-Mirror"}) == Names{"Rewrite"});
  CHECK(declared_features(suite(), {"Mirror"}) == Names{"Mirror"});
  CHECK(declared_features(suite(), {"Mirror", "-Mirror"}).empty());
}

TEST_CASE("a feature is proven only when every test of it passed") {
  Suite all = results(Verdict::pass, Verdict::skip);
  prove_features(suite(), {"Rewrite", "Mirror"}, all);
  REQUIRE(all.features.size() == 2);
  CHECK(all.features[0].proof == Proof::unproven);  // Mirror: skipped
  CHECK(all.features[1].proof == Proof::proven);
  Suite some = results(Verdict::fail, Verdict::error);
  prove_features(suite(), {"Rewrite"}, some);
  CHECK(some.features[1].proof == Proof::contradicted);
}

TEST_CASE("a feature that nobody declared may work, and its tests count nowhere") {
  Suite out = results(Verdict::pass, Verdict::pass);
  prove_features(suite(), {"Rewrite"}, out);
  CHECK_FALSE(out.features[0].declared);
  CHECK(out.features[0].proof == Proof::proven);
  tally(out);
  REQUIRE(out.extended);
  CHECK(out.extended->passed == 3);
  CHECK(out.tests[2].level == Level::informational);
}
