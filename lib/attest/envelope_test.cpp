#include "lib/attest/envelope.h"

#include <catch2/catch.hpp>

#include "lib/attest/statement.h"
#include "lib/base/base64.h"
#include "lib/base/sha256.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::attest {
namespace {

// RFC 8032 test 1.
const pki::PrivateKey& ed25519() {
  static const auto key = pki::read_private_key(
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
      "-----END PRIVATE KEY-----\n",
      "rfc8032.key");
  REQUIRE(key.ok());
  return *key;
}

// The key of the DSSE specification's example.
pki::PublicKey specification_key() {
  const auto key = pki::read_public_key(
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZ805D3eqNZywjCI19lInBJOp7YMr\n"
      "CrzAH3CVTAOQ0jgMeCvVTiaRJaRPRDOv8UMs6U4SvKc6pnrIDOoSYI3fdA==\n"
      "-----END PUBLIC KEY-----\n",
      "specification.pub");
  REQUIRE(key.ok());
  return *key;
}

TEST_CASE("the example of the DSSE specification verifies") {
  const std::string message = pae("http://example.com/HelloWorld", "hello world");
  CHECK(message.size() == 54);
  CHECK(base::sha256_hex(message) ==
        "217751fac2c4f14edb2c9297fbc34abcb016ba88e74757e875ec4ac16fb6b6a1");
  const auto signature = base::base64_decode(
      "MEQCIANyarEBrVbCdjtsaqyOSHJ14qeRk6CdxfhZ2fjvPEo7AiBR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JI"
      "ZA==");
  CHECK(pki::verify(specification_key(), message, *signature));
  CHECK_FALSE(pki::verify(specification_key(), message + " ", *signature));
}

TEST_CASE("hints and key ids are those of cosign and ssh-keygen") {
  CHECK(pki::key_hint(specification_key()) == "95NYAGBWLW/wddgU6mmMKC/Md5sM3mTXn/xjAd8A0Us=");
  CHECK(pki::key_id(specification_key()) == "SHA256:f4AuBLdH4Lj/dIuwAUXXebzoI9B/cJ4iSQ3/qByIl4M");
  CHECK(pki::key_hint(ed25519().public_key) == "BuP9j9opu2CrWVV95h7bCuzbIxE0vjDnW0Vfjht5L6k=");
  CHECK(pki::key_id(ed25519().public_key) == "SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8");
}

TEST_CASE("Ed25519 signatures over types and bodies are byte for byte as expected") {
  struct Vector {
    std::string type, body, signature;
  };
  const std::vector<Vector> vectors{
      {"http://example.com/HelloWorld", "hello world",
       "4DHX3Zn4qpBKvEj7maE8O9u9bjXEnPLLnyXVUJ2PXJR8DSLcL3QDpFvfJOj3pB/"
       "SPHsl6Jg4boxsMb6KvuYABw=="},
      {"", "",
       "+BTuvmwLJMuF1qw6dzCGkgkiPqn+rqRwFgzpeptbF5gKhIk/WixtVUaJwynonuqsYWfNWKUxeg95jW+/8h0PAA=="},
      {"application/x-é", "héllo",
       "rDi1OQ1Psl0TWt7SmBsPdgQdyDcCOWhjElISEXhQz8Pr+NUEHK29R0UNCkHgvSQRB9KFBIdA8pTipYo5HuLEAw=="},
      {"application/vnd.in-toto+json", "{}",
       "vW8iDoS+pQIrO8G9pV+VHVGcvY/XcGMh2vfWpJJwwrH/m4CRZswsl9wIASL/n2XN7RSNIqdiogwYkqskDFZiAQ=="}};
  for (const auto& vector : vectors) {
    Envelope envelope{vector.type, vector.body};
    REQUIRE(add_signature(envelope, ed25519()).ok());
    CHECK(base::base64_encode(envelope.signatures.at(0).bytes) == vector.signature);
  }
  CHECK(pae("application/x-é", "héllo") == "DSSEv1 16 application/x-\xc3\xa9 6 h\xc3\xa9llo");
}

TEST_CASE("a whole statement has the bytes and the signature expected") {
  const std::string report = "kind: ConformanceReport\n";
  Statement statement{.subjects = {subject_of("report.yaml", report)},
                      .predicate_type = std::string(kTestResultType)};
  CHECK(statement.subjects[0].sha256 ==
        "7ebe3648d56805ed04847ef203c33f20aab0d3a78da31013eb13432b1b5b263b");
  statement.predicate =
      doc::read_json({"predicate", R"({"result":"PASSED","configuration":[{"name":"suite",
        "digest":{"sha256":"0000000000000000000000000000000000000000000000000000000000000000"}}],
        "passedTests":["TS-03"],"warnedTests":[],"failedTests":[]})"})
          .value()
          .root;
  Envelope envelope{.payload = statement_text(statement)};
  CHECK(envelope.payload.size() == 443);
  CHECK(base::sha256_hex(envelope.payload) ==
        "553788a1a45e6c30ead0f90bca2cddd8c146f74c742ca09ea032ee3931d1e0a6");
  const std::string message = pae(envelope.payload_type, envelope.payload);
  CHECK(message.size() == 486);
  CHECK(base::sha256_hex(message) ==
        "dc60ccecad39b02a3028c094467fdbdb9dc2a911dc32f233d21fcc8dbf754fda");
  REQUIRE(add_signature(envelope, ed25519()).ok());
  CHECK(base::base64_encode(envelope.signatures[0].bytes) ==
        "84NmjqjkW+C62UHeRO2UIMrWK8NXou1ad9ot5iQui81ZybnISzfjRUhuvZCN85m59/aAU3H+tFdgtvEOftHDAw==");
}

TEST_CASE("envelopes and bundles are written and read again; a key signs once") {
  const auto other = pki::make_key(pki::KeyType::ecdsa_p256);
  Envelope envelope{.payload = "{}"};
  REQUIRE(add_signature(envelope, ed25519()).ok());
  const std::string bundle = doc::write_json(bundle_to_json(envelope, ed25519().public_key), 0);
  REQUIRE(add_signature(envelope, *other).ok());
  REQUIRE(add_signature(envelope, ed25519()).ok());
  CHECK(envelope.signatures.size() == 2);
  const auto again = read_envelope(doc::write_json(envelope_to_json(envelope)), "e");
  REQUIRE(again.ok());
  CHECK(again->payload == "{}");
  CHECK(again->signatures.at(1).bytes == envelope.signatures[1].bytes);
  CHECK(bundle.starts_with(
      R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":)"
      R"({"publicKey":{"hint":"BuP9j9opu2CrWVV95h7bCuzbIxE0vjDnW0Vfjht5L6k="}},"dsseEnvelope":)"
      R"({"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":)"
      R"([{"keyid":"SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8","sig":)"));
  CHECK(read_envelope(bundle, "b")->signatures.size() == 1);
}

// cosign 3 rejects a signature whose key id is the hexadecimal digest of the key.
TEST_CASE("the key id is never hexadecimal") {
  for (const auto type : {pki::KeyType::ecdsa_p256, pki::KeyType::ed25519}) {
    const auto key = pki::make_key(type);
    Envelope envelope{.payload = "{}"};
    REQUIRE(add_signature(envelope, *key).ok());
    CHECK(envelope.signatures[0].key_id.starts_with("SHA256:"));
    CHECK(envelope.signatures[0].key_id.size() == 50);
  }
}

TEST_CASE("URL-safe and unpadded base64 is read, and unknown members are ignored") {
  const auto envelope = read_envelope(
      R"({"payload":"e30","payloadType":"t","x":1,"signatures":[{"sig":"-_-_"}]})", "e");
  REQUIRE(envelope.ok());
  CHECK(envelope->payload == "{}");
  CHECK(envelope->signatures[0].bytes == "\xfb\xff\xbf");
}

TEST_CASE("what is no envelope is refused with the reason") {
  const auto refused = [](const std::string& text) {
    const auto envelope = read_envelope(text, "file.json");
    REQUIRE_FALSE(envelope.ok());
    CHECK(envelope.error().code == base::ExitCode::input);
    return envelope.error().message;
  };
  CHECK(refused(R"({"schema":"x"})") == "file.json is no signed statement");
  CHECK(refused(R"({"messageSignature":{}})") ==
        "file.json signs a file directly, it holds no statement");
  CHECK(refused(R"({"payload":"e30=","payloadType":"t","signatures":[]})") ==
        "signatures is empty: nothing is signed");
  CHECK(refused(R"({"payload":"e~","payloadType":"t","signatures":[{"sig":"AA=="}]})") ==
        "payload is not base64");
  CHECK(refused(R"({"payload":"e30=","payload":"e30="})").find("payload") != std::string::npos);
  CHECK(refused(R"({"dsseEnvelope":{"payloadType":"t","payload":"e30="}})") ==
        "dsseEnvelope.signatures is missing");
  std::string many = R"({"payload":"e30=","payloadType":"t","signatures":[{"sig":"AA=="})";
  for (int i = 0; i < 64; ++i) many += R"(,{"sig":"AA=="})";
  CHECK(refused(many + "]}") == "signatures holds more than 64");
}

}  // namespace
}  // namespace weft::attest
