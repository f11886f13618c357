#include "lib/pki/signing.h"

#include <catch2/catch.hpp>

#include "lib/base/base64.h"

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

// Made with openssl genrsa 3072 and openssl dgst -sha256 -sign; the key id is ssh-keygen's.
TEST_CASE("what an RSA key signed is verified, and nothing is signed with one") {
  const std::string pem =
      "-----BEGIN PUBLIC KEY-----\n"
      "MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIBigKCAYEA4dgldMDaoehrqco0QOck\n"
      "A1eHYtoLhou7OY+6w6Qhi8gehMLSyQz20TKu5ntlKeDSU0+ZO9nKgtPTKhSRtbIT\n"
      "tz69QtS+YMgfzBIkxyICgLOrRoAN+dpFNl00U/P06IvV4K81H+Wr/f5OaWTeiamU\n"
      "NWvkml9JvEfnjDnnbdMnXkK6RoarMe/IFwmBlhhX3mCffnCgEF8O1+ruLxVBRDg7\n"
      "OgKlFwkTF+kFsXO2GrXdv4q633Got+Ty2AAJi2qzrxgkwC/0YRjO7fgv6yQzRRsf\n"
      "jv5GtbvH/F1gbq9LN82eMrgxs1ldcTiMfbPVzAD++93RnMCxy7C2rxzTXxf6gpiC\n"
      "BkgCf9NghZ07PMKd3B8z8yBwVVofjvMc0e9/ovBXZ5wGEY9y0voroaGl3bClD+/R\n"
      "cIsaQd6DLN/X6fGHYUfkNSkQXsik2fvneJ2i9HKakBHjg3O75ns6v/FEtT7gYUG3\n"
      "DAS/2fDl2o55EQq7Ox0tMjbNZAOu3AzWTOZn1GgU4fthAgMBAAE=\n"
      "-----END PUBLIC KEY-----\n";
  const std::string text =
      "xPnhcRs93l4/nC2v9EAVDPjQXpmz4q1RYlIAw3E5MvY0Im3/3qDTcWU8a+mfC44IXKkjCtf7TteI"
      "wifUQoIuddLL46qiychcc0RN83IohG8vy6o4gXeiMizGpYzckhJPXp+QcZ6rIHwtZ7y4n0ltroCs"
      "vjJ1t2pDM+CvMmj611gXO4efCcI/4uDZ+loKpJGMG9h9ySSCAB9StBuEDHlk3wY8LS2eWBZWxVRT"
      "ZULUbf5bYHEm6bfME6VEhjy1QyUj4eG3yX0SfQgmAVo+qEOI9boa8bM9732b8hdefK0txO+Ebwmp"
      "XID4ubp4JcuEC+tUiml7p85qmIYdE1QRT1g6S69wreKVNBgxzSvWOuy33hU5sLjRKrMGU+qvBI8Y"
      "jHC9tAXU8VmfFifmP5HBEuFyI/xxs8cqOFpTMRK+rIbG0kWlJJ0U4WK5LnWdEPLBfUq+1Imkf080"
      "q459Wceeh6SBAYKv7Bgavt9ORhPnRQgvP6Mf24F4YrLXfcMDXD4Srjhe";
  const auto key = read_public_key(pem, "rsa.pub");
  REQUIRE(key.ok());
  CHECK(key->type == KeyType::rsa);
  CHECK(key_id(*key) == "SHA256:jjOX7xckT0Om1g7mIQB/F/rNsLefqcyO5gocd7GGyiM");
  const std::string signature = base::base64_decode(text).value();
  CHECK(verify(*key, "hello world", signature));
  CHECK_FALSE(verify(*key, "hello World", signature));
  CHECK_FALSE(verify(*key, "hello world", signature.substr(1)));
  CHECK(write_public_key(*key) == pem);
  const auto small = read_public_key(
      "-----BEGIN PUBLIC KEY-----\n"
      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAquRnJtttAbbZMv6qTfkQ\n"
      "wEIlLs5TfcSLBCPRzLotQKkZeGmKj0mMZDz/uZ4G9mheoS1vu+AoNu6tFvJS/WKX\n"
      "j5P9o/vKyUb15EgWBGTqzoPHd9/w4cgUGET1/KyiByFMSIGeCzbaBXbocry++kKG\n"
      "E+cUuys11XGv9kE06tNzkLv5OHOD2wjvb1olhqZeqIiQP3lBu4hDq5UgiKXZnaj5\n"
      "kfLjMCu5XK+T2x6hIIRqicODwM+NF/RT4jlbkNu82eMRNjpXIohzhnhoZAK6Dnos\n"
      "H3o8PT0yL1l6DM0kBfsD+WfFne02aliv4Fas4LOFCrx1fD+NtB2WY+SUqvtObKPM\n"
      "1wIDAQAB\n"
      "-----END PUBLIC KEY-----\n",
      "small.pub");
  REQUIRE_FALSE(small.ok());
  CHECK(small.error().message == "small.pub: an RSA key of 2048 bits");
}

}  // namespace
}  // namespace weft::pki
