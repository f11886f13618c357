// Keys that sign documents: ECDSA P-256 with SHA-256 (ASN.1 DER signatures) and Ed25519. Private
// keys are PKCS#8 PEM, public keys SubjectPublicKeyInfo PEM; other kinds of keys are refused. What
// others signed with RSA keys of 3072 to 8192 bits (PKCS#1 v1.5, SHA-256) is verified, too.
//
//   WEFT_TRY(key, pki::make_key(pki::KeyType::ecdsa_p256));
//   WEFT_TRY(signature, pki::sign(key, message));
//   pki::verify(key.public_key, message, signature);      // true
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace weft::pki {

enum class KeyType { ecdsa_p256, ed25519, rsa };
std::string_view name_of(KeyType type);  // "ECDSA P-256"

struct PublicKey {
  KeyType type = KeyType::ecdsa_p256;
  std::string spki;  // SubjectPublicKeyInfo, DER

  friend bool operator==(const PublicKey&, const PublicKey&) = default;
};

struct PrivateKey {
  PublicKey public_key;
  std::string pkcs8;  // DER: a secret
};

base::Result<PrivateKey> make_key(KeyType type);  // none of RSA

// An encrypted key without a passphrase, or with a wrong one, is an input error that says which.
base::Result<PrivateKey> read_private_key(std::string_view pem, std::string_view source,
                                          const std::optional<std::string>& passphrase = {});
base::Result<PublicKey> read_public_key(std::string_view pem, std::string_view source);

// With a passphrase: encrypted by AES-256 under scrypt (RFC 7914, N 16384, r 8, p 1).
base::Result<std::string> write_private_key(const PrivateKey& key,
                                            const std::optional<std::string>& passphrase = {});
std::string write_public_key(const PublicKey& key);

// What OpenSSH shows: "SHA256:" and unpadded base64 of SHA-256 over the SSH form of the key
// (RFC 4253 section 6.6, RFC 5656, RFC 8709). cosign 3 accepts no other key id.
std::string key_id(const PublicKey& key);
// Padded base64 of SHA-256 over the SubjectPublicKeyInfo: the hint in a sigstore bundle.
std::string key_hint(const PublicKey& key);

base::Result<std::string> sign(const PrivateKey& key, std::string_view message);
bool verify(const PublicKey& key, std::string_view message, std::string_view signature);

}  // namespace weft::pki
