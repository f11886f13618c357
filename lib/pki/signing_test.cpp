#include "lib/pki/signing.h"

#include <catch2/catch.hpp>

namespace weft::pki {
namespace {

TEST_CASE("a key signs, its public half verifies, another does not") {
  for (const auto type : {KeyType::ecdsa_p256, KeyType::ed25519}) {
    const auto key = make_key(type);
    const auto other = make_key(type);
    REQUIRE(key.ok());
    const auto signature = sign(*key, "message");
    REQUIRE(signature.ok());
    CHECK(verify(key->public_key, "message", *signature));
    CHECK_FALSE(verify(key->public_key, "massage", *signature));
    CHECK_FALSE(verify(key->public_key, "message", ""));
    CHECK_FALSE(verify(other->public_key, "message", *signature));
  }
}

TEST_CASE("keys survive PEM, plain and encrypted") {
  const auto key = make_key(KeyType::ed25519);
  const auto plain = write_private_key(*key);
  CHECK(plain->starts_with("-----BEGIN PRIVATE KEY-----\n"));
  CHECK(read_private_key(*plain, "k")->pkcs8 == key->pkcs8);
  const auto sealed = write_private_key(*key, "secret");
  REQUIRE(sealed.ok());
  CHECK(sealed->starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
  CHECK(read_private_key(*sealed, "k", "secret")->pkcs8 == key->pkcs8);
  const auto unasked = read_private_key(*sealed, "k");
  REQUIRE_FALSE(unasked.ok());
  CHECK(unasked.error().message == "k is encrypted");
  CHECK(read_private_key(*sealed, "k", "wrong").error().message ==
        "k: the passphrase does not open it");
  CHECK(*read_public_key(write_public_key(key->public_key), "k") == key->public_key);
}

TEST_CASE("what is no key to sign with is refused by name") {
  const auto key = make_key(KeyType::ecdsa_p256);
  CHECK(read_public_key(*write_private_key(*key), "k.key").error().message ==
        "k.key is a private key");
  CHECK(read_public_key("", "k.pub").error().message == "k.pub holds no readable public key");
  CHECK(read_private_key("junk", "k.key").error().message == "k.key holds no readable private key");
  // secp384r1
  const auto curve = read_public_key(
      "-----BEGIN PUBLIC KEY-----\n"
      "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAESLuLjz19UajaC4wy0kMdEYYWSqrMCPxz\n"
      "z3lU0halvucWyej8hIXL13JEbnrwlpykxnDpQdzCg08LHuCMfYX+f2Ay9vpL1xFt\n"
      "Vbxj8uxxAelcsYm/UJpcO313TmhsZ03u\n"
      "-----END PUBLIC KEY-----\n",
      "p384.pub");
  REQUIRE_FALSE(curve.ok());
  CHECK(curve.error().message == "p384.pub: cannot use a key of type EC secp384r1");
}

}  // namespace
}  // namespace weft::pki
