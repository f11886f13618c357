#include "lib/conform/result.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::conform {
namespace {

Run full_run() {
  Suite split{.name = "smi-traffic-split",
              .version = "1.0.0",
              .sha256 = std::string(64, 'a'),
              .standard = "smi/traffic-split",
              .standard_version = "v1alpha4"};
  split.features = {{"per-request", true, Proof::proven}, {"matches", false, Proof::unproven}};
  split.tests = {{.id = "TS-07",
                  .title = "weights 75:25 are honoured",
                  .capability = "split/weights",
                  .duration_ms = 1200,
                  .propagation_ms = 240,
                  .observations = {{.step = "probe from app-a",
                                    .expected = "app-b 75±10 %",
                                    .observed = "app-b 74.8 %",
                                    .requests = 500,
                                    .outcomes = {{"http:200", 500}},
                                    .shares = {{"app-b", 374, 750000, 100000, 694000, 797000}},
                                    .duration_ms = 900}},
                  .evidence = Evidence{10, 2000, std::string(64, 'b')}},
                 {.id = "TS-09",
                  .title = "one backend without endpoints",
                  .level = Level::extended,
                  .verdict = Verdict::inconclusive,
                  .reason = "600 requests were not enough"}};
  tally(split);
  Run run{.id = "20260301-120000-abcdef", .challenge = "nonce-1"};
  run.started = base::WallTime{std::chrono::seconds(1'772'366'400)};
  run.finished = *run.started + std::chrono::seconds(42);
  run.tool = {"weft", "0.1.0", std::string(64, 'c')};
  run.cluster = {"v1.31.2", 1, "5f1c"};
  run.mesh = {.name = "istio", .version = "1.28.0", .images = {{"pilot", "sha256:d"}}};
  run.mesh.served["trafficsplits.split.smi-spec.io"] = {"v1alpha4", "v1alpha2"};
  run.seed = 18446744073709551615u;
  run.method = Method{10000, 100000, 3};
  run.deviations = {"settle 45s"};
  run.suites = {split};
  run.cleanup = Cleanup{false, {"Namespace weft-x-1"}};
  return run;
}

base::Result<Run> read(const std::string& json) {
  const auto document = doc::read_json({"result.json", json});
  REQUIRE(document.ok());
  return run_from_json(*document);
}

Verdict verdict_with(std::vector<Test> tests) {
  Suite suite;
  suite.tests = std::move(tests);
  tally(suite);
  return suite.verdict;
}

TEST_CASE("a result survives writing and reading") {
  const std::string json = doc::write_json(run_to_json(full_run()));
  const auto again = read(json);
  REQUIRE(again.ok());
  CHECK(doc::write_json(run_to_json(*again)) == json);
  CHECK(again->suites[0].tests[0].observations[0].shares[0].hits == 374);
  CHECK(again->seed == 18446744073709551615u);
}

TEST_CASE("a result is refused for members it should not have, and values it cannot have") {
  const std::string json = doc::write_json(run_to_json(full_run()), 0);
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string changed = json;
    const auto at = changed.find(from);
    REQUIRE(at != std::string::npos);
    const auto result = read(changed.replace(at, from.size(), to));
    REQUIRE_FALSE(result.ok());
    return result.error().message;
  };
  CHECK(refused("\"tool\"", "\"tol\"") == "unknown key tol (did you mean tool?)");
  CHECK(refused("\"proven\"", "\"sure\"") ==
        "suites[0].features[0].proof must be one of unproven, proven, contradicted");
  CHECK(refused("\"passed\":1", "\"passed\":1000001") == "suites[0].core.passed is over 1000000");
  CHECK(refused("\"passed\":1", "\"passed\":-1").find("suites[0].core.passed") == 0);
  CHECK(refused("result/v1", "result/v9") == "schema must be weft.conformance-result/v1");
  CHECK(refused("\"verdict\":\"inconclusive\"", "\"verdict\":\"pass\"") ==
        "verdict is pass, its suites say inconclusive");
}

TEST_CASE("a skip is never a pass and the gravest verdict wins") {
  CHECK(verdict_with({}) == Verdict::skip);
  CHECK(verdict_with({{.verdict = Verdict::skip}}) == Verdict::skip);
  CHECK(verdict_with({{.verdict = Verdict::pass}, {.verdict = Verdict::skip}}) == Verdict::pass);
  CHECK(verdict_with({{.verdict = Verdict::inconclusive}, {}}) == Verdict::inconclusive);
  CHECK(verdict_with({{.verdict = Verdict::error}, {.verdict = Verdict::fail}}) == Verdict::fail);
  CHECK(verdict_with({{.level = Level::informational, .verdict = Verdict::fail}}) == Verdict::skip);
}

TEST_CASE("capability tells what works, apart from compliance") {
  Suite suite;
  tally(suite);
  CHECK(suite.capability == Capability::untested);
  suite.tests = {{.verdict = Verdict::pass}, {.verdict = Verdict::fail}};
  tally(suite);
  CHECK(suite.capability == Capability::partial);
  suite.tests = {{.verdict = Verdict::inconclusive}};
  tally(suite);
  CHECK(suite.capability == Capability::untested);
  suite.tests = {{.verdict = Verdict::fail}};
  tally(suite);
  CHECK(suite.capability == Capability::fail);
  suite.tests = {{}, {.level = Level::extended}};
  tally(suite);
  CHECK(suite.capability == Capability::full);
  suite.capability = Capability::none;
  tally(suite);
  CHECK(suite.capability == Capability::none);
}

}  // namespace
}  // namespace weft::conform
