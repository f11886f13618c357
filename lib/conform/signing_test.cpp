#include "lib/conform/signing.h"

#include <catch2/catch.hpp>

#include "lib/attest/verify.h"
#include "lib/base/sha256.h"
#include "lib/conform/difference.h"
#include "lib/doc/write.h"

namespace weft::conform {
namespace {

const std::string kEvidence = "probe one\nprobe two\n";

Run sample() {
  Suite suite{.name = "split",
              .version = "1",
              .sha256 = std::string(64, 'a'),
              .standard = "smi/traffic-split"};
  suite.tests = {{.id = "TS-01", .evidence = Evidence{0, 10, base::sha256_hex("probe one\n")}},
                 {.id = "TS-02", .verdict = Verdict::fail, .reason = "60:40"},
                 {.id = "TS-03", .verdict = Verdict::inconclusive, .reason = "too few"},
                 {.id = "TS-04", .verdict = Verdict::skip, .reason = "not declared"}};
  tally(suite);
  Run run{.id = "run-1", .challenge = "nonce"};
  run.finished = base::WallTime{std::chrono::seconds(1'772'366'400)};
  run.tool = {"weft", "0.1.0", std::string(64, 'b')};
  run.mesh = {.name = "acme", .version = "1.2"};
  run.suites = {suite};
  return run;
}

std::string list(const attest::Statement& statement, const char* key) {
  return doc::write_json(*statement.predicate.find(key), 0);
}

TEST_CASE("the statement for other tools sorts tests by what they tell") {
  const auto statement = test_result_of(sample(), {});
  CHECK(statement.predicate.find("result")->string() == "FAILED");
  CHECK(list(statement, "passedTests").starts_with(R"(["split/TS-01"])"));
  CHECK(list(statement, "warnedTests").starts_with(R"(["split/TS-03"])"));
  CHECK(list(statement, "failedTests").starts_with(R"(["split/TS-02"])"));
  CHECK(list(statement, "configuration").find(std::string(64, 'b')) != std::string::npos);
  Run nothing = sample();
  nothing.suites.clear();
  CHECK(test_result_of(nothing, {}).predicate.find("result")->string() == "WARNED");
}

TEST_CASE("signed files verify, with challenge and age, and hold no fractions") {
  const auto key = pki::make_key(pki::KeyType::ecdsa_p256);
  const std::vector<File> files{{"result.json", "{}"}, {"junit.xml", "<x/>"}};
  const auto written = sign_files(sample(), files, *key);
  REQUIRE(written.ok());
  REQUIRE(written->size() == 4);
  CHECK(written->at(0).name == kEnvelopeFile);
  for (const File& file : *written) {
    const auto envelope = attest::read_envelope(file.content, file.name);
    REQUIRE(envelope.ok());
    attest::Policy policy{.keys = {{"k", key->public_key}}, .now = *sample().finished};
    policy.artifacts = {attest::subject_of("junit.xml", "<x/>")};
    if (file.name.starts_with("result")) {
      policy.challenge = "nonce";
      policy.max_age = std::chrono::hours(1);
      policy.predicate_type = kPredicateType;
    }
    CHECK(attest::verify(*envelope, policy, file.name).ok());
  }
}

TEST_CASE("images with digests get a statement of their own") {
  const auto key = pki::make_key(pki::KeyType::ed25519);
  Run run = sample();
  run.mesh.images = {{"proxy", "sha256:" + std::string(64, 'd')}, {"pilot", ""}};
  const auto written = sign_files(run, {}, *key);
  REQUIRE(written.ok());
  REQUIRE(written->size() == 6);
  CHECK(written->at(4).name == "images.intoto.json");
  const auto envelope = attest::read_envelope(written->at(4).content, "images");
  const auto statement = attest::read_statement(envelope->payload, "images");
  REQUIRE(statement->subjects.size() == 1);
  CHECK(statement->subjects[0].sha256 == std::string(64, 'd'));
}

TEST_CASE("claims that result and evidence bear out are found right, others are named") {
  const Run run = sample();
  const auto statement = statement_of(run, {});
  CHECK(check_claims(statement, run, kEvidence).ok());
  CHECK(check_claims(test_result_of(run, {}), run, kEvidence).ok());
  const auto refused = [](const attest::Statement& claim, const Run& of,
                          const std::string& evidence) {
    const auto checked = check_claims(claim, of, evidence);
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().code == base::ExitCode::invalid);
    return checked.error().message;
  };
  CHECK(refused(statement, run, "probe ten\nprobe two\n") ==
        "split/TS-01: its evidence was changed");
  CHECK(refused(statement, run, "probe") ==
        "split/TS-01: its evidence lies beyond the end of evidence.jsonl");
  Run other = run;
  other.suites[0].tests[1].verdict = Verdict::pass;
  CHECK(refused(statement, other, kEvidence) == "the statement and result.json differ in tests");
  CHECK(refused(statement_of(other, {}), other, kEvidence) ==
        "suite split is fail (partial), its tests say inconclusive (partial)");
  Run overflow = run;
  overflow.suites[0].tests[0].evidence = Evidence{~std::uint64_t{0}, 10, ""};
  CHECK(refused(statement_of(overflow, {}), overflow, kEvidence).find("beyond the end") !=
        std::string::npos);
  auto foreign = statement;
  foreign.predicate_type = "https://example.com/x";
  CHECK(refused(foreign, run, kEvidence) ==
        "predicateType https://example.com/x is not about conformance");
}

TEST_CASE("differences tell what got worse, what got better and what is new") {
  const Run before = sample();
  CHECK(differences(before, before).empty());
  Run after = before;
  auto& tests = after.suites[0].tests;
  tests[0].verdict = Verdict::fail;
  tests[0].reason = "no answer";
  tests[1].verdict = Verdict::pass;
  tests.erase(tests.begin() + 2);
  tests.push_back({.id = "TS-05"});
  tally(after.suites[0]);
  const auto changes = differences(before, after);
  REQUIRE(changes.size() == 5);
  CHECK(changes[0].subject == "split");
  CHECK(changes[0].before == "partial 1/4");
  CHECK(changes[0].after == "partial 2/4");
  CHECK_FALSE(changes[0].worse);
  CHECK(changes[1].subject == "split/TS-01");
  CHECK(changes[1].worse);
  CHECK(changes[1].reason == "no answer");
  CHECK_FALSE(changes[2].worse);
  CHECK(changes[3].subject == "split/TS-03");
  CHECK(changes[3].after.empty());
  CHECK_FALSE(changes[3].worse);
  CHECK(changes[4].before.empty());
  Run gone = before;
  gone.suites.clear();
  CHECK(differences(before, gone).at(0).worse);
}

}  // namespace
}  // namespace weft::conform
