#include "lib/attest/verify.h"

#include <catch2/catch.hpp>

namespace weft::attest {
namespace {

const base::WallTime kNow{std::chrono::seconds(1'772'366'400)};  // 2026-03-01T12:00:00Z

// Keys a, b, c; a statement about report.yaml that a has signed.
struct Lab {
  std::array<pki::PrivateKey, 3> keys{*pki::make_key(pki::KeyType::ecdsa_p256),
                                      *pki::make_key(pki::KeyType::ed25519),
                                      *pki::make_key(pki::KeyType::ecdsa_p256)};
  Envelope envelope{};
  Policy policy{};

  Lab() {
    Statement statement{.subjects = {subject_of("report.yaml", "good")}, .predicate_type = "type"};
    statement.predicate.set("challenge", "nonce").set("finished", "2026-03-01T11:00:00Z");
    envelope.payload = statement_text(statement);
    sign(0);
    trust(0);
    policy.now = kNow;
  }
  void sign(std::size_t key) { REQUIRE(add_signature(envelope, keys[key]).ok()); }
  void trust(std::size_t key) {
    policy.keys.push_back(
        {std::string(1, static_cast<char>('a' + key)) + ".pub", keys[key].public_key});
  }
  std::string refused() const {
    const auto verified = verify(envelope, policy, "r.json");
    REQUIRE_FALSE(verified.ok());
    CHECK(verified.error().code == base::ExitCode::invalid);
    return verified.error().message;
  }
};

TEST_CASE("a statement that is signed, unchanged, about the file and fresh is accepted") {
  Lab lab;
  lab.policy.predicate_type = "type";
  lab.policy.artifacts = {subject_of("renamed.yaml", "good")};
  lab.policy.challenge = "nonce";
  lab.policy.max_age = std::chrono::hours(2);
  const auto verified = verify(lab.envelope, lab.policy, "r.json");
  REQUIRE(verified.ok());
  CHECK(verified->accepted == std::vector<std::string>{"a.pub"});
  CHECK(verified->statement.subjects.at(0).name == "report.yaml");
}

TEST_CASE("a changed payload, signature or type is told apart") {
  Lab payload;
  payload.envelope.payload[20] ^= 1;
  CHECK(payload.refused() == "r.json: the payload or the signature was changed after a.pub signed");
  Lab broken;
  broken.envelope.signatures[0].bytes = "abc";
  CHECK(broken.refused() ==
        "r.json: the signature of a.pub is broken: 3 bytes that are no ECDSA P-256 signature");
  Lab type;
  type.envelope.payload_type = "application/json";
  CHECK(type.refused() == "r.json: payloadType was changed to application/json after a.pub signed");
}

TEST_CASE("keys that are not trusted do not count, whatever the key id says") {
  Lab lab;
  lab.policy.keys.clear();
  lab.trust(1);
  const std::string id = pki::key_id(lab.keys[0].public_key);
  CHECK(lab.refused() == "r.json: signed by " + id + ", none of the keys given");
  lab.envelope.signatures[0].key_id = pki::key_id(lab.keys[1].public_key);
  CHECK(lab.refused().find("the signature of b.pub is broken") != std::string::npos);
  lab.envelope.signatures[0].key_id.clear();
  CHECK(lab.refused() ==
        "r.json: none of the keys given made its signature, or the payload was changed since");
}

TEST_CASE("a signature without a key id is accepted") {
  Lab lab;
  lab.envelope.signatures[0].key_id.clear();
  CHECK(verify(lab.envelope, lab.policy, "r.json").ok());
}

TEST_CASE("the threshold counts different keys") {
  Lab lab;
  lab.policy.threshold = 2;
  lab.trust(0);  // the same key again
  lab.trust(1);
  CHECK(lab.refused() == "r.json: signed by 1 trusted key (a.pub), 2 are needed");
  lab.sign(2);
  CHECK(lab.refused().find("signed by 1 trusted key") != std::string::npos);
  lab.sign(1);
  CHECK(verify(lab.envelope, lab.policy, "r.json").ok());
}

TEST_CASE("files, predicate, challenge and age that differ are named") {
  Lab lab;
  lab.policy.artifacts = {subject_of("report.yaml", "bad")};
  CHECK(lab.refused().find("report.yaml is not the file that was signed: its sha256 is ") !=
        std::string::npos);
  lab.policy.artifacts = {subject_of("other.yaml", "bad")};
  CHECK(lab.refused().find("says nothing about other.yaml") != std::string::npos);
  lab.policy.artifacts.clear();
  lab.policy.predicate_type = "other";
  CHECK(lab.refused() == "r.json: predicateType is type, not other");
  lab.policy.predicate_type.clear();
  lab.policy.challenge = "mine";
  CHECK(lab.refused() == "r.json: answers the challenge \"nonce\", not \"mine\"");
  lab.policy.challenge.reset();
  lab.policy.max_age = std::chrono::minutes(30);
  CHECK(lab.refused() == "r.json: finished on 2026-03-01T11:00:00Z, longer ago than 30m");
  lab.policy.now = kNow - std::chrono::hours(3);
  CHECK(lab.refused() == "r.json: finished in the future: 2026-03-01T11:00:00Z");
}

TEST_CASE("a well signed payload that is no statement is refused") {
  const auto refused = [](std::string payload, std::string type) {
    Lab lab;
    lab.envelope = {std::move(type), std::move(payload)};
    lab.sign(0);
    return lab.refused();
  };
  const std::string in_toto(kInTotoType);
  CHECK(refused("{}", "text/plain") ==
        "r.json: payloadType is text/plain, not application/vnd.in-toto+json");
  CHECK(refused(R"({"_type":"https://example.com/v1"})", in_toto) ==
        "_type is https://example.com/v1, not a statement of in-toto");
  CHECK(refused("not json", in_toto).size() > 0);
}

TEST_CASE("statements of version 0.1, as cosign makes them, are accepted") {
  Lab lab;
  lab.envelope = {.payload = R"({"_type":"https://in-toto.io/Statement/v0.1",)"
                             R"("predicateType":"t","subject":[{"name":"f","digest":{"sha256":)"
                             R"("AB"}}],"predicate":{}})"};
  lab.sign(0);
  const auto verified = verify(lab.envelope, lab.policy, "r.json");
  REQUIRE(verified.ok());
  CHECK(verified->statement.subjects[0].sha256 == "ab");
}

}  // namespace
}  // namespace weft::attest
