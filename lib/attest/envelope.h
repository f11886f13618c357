// DSSE envelopes (Dead Simple Signing Envelope 1.0): bytes, their type and signatures over both,
// and sigstore bundles v0.3, which wrap an envelope with one signature for cosign and its kin.
//
//   attest::Envelope envelope{.payload = statement_text};
//   WEFT_CHECK(attest::add_signature(envelope, key));
//   doc::write_json(attest::bundle_to_json(envelope, key.public_key), 0);
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/pki/signing.h"

namespace weft::attest {

inline constexpr std::string_view kInTotoType = "application/vnd.in-toto+json";
inline constexpr std::string_view kBundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";
inline constexpr std::uint64_t kMaxEnvelopeBytes = 16u << 20;
inline constexpr std::size_t kMostSignatures = 64;

struct Signature {
  std::string key_id{};  // a hint: never a reason to trust
  std::string bytes{};
};

struct Envelope {
  std::string payload_type{kInTotoType};
  std::string payload{};
  std::vector<Signature> signatures{};
};

// What is signed, "DSSEv1 LENGTH TYPE LENGTH BODY" with lengths in bytes.
std::string pae(std::string_view type, std::string_view body);

// Adds the key's signature, or replaces the one it made before.
base::Result<void> add_signature(Envelope& envelope, const pki::PrivateKey& key);

doc::Value envelope_to_json(const Envelope& envelope);
// The envelope must hold exactly one signature, made by `key`: cosign 3 takes no other.
doc::Value bundle_to_json(const Envelope& envelope, const pki::PublicKey& key);

// An envelope, or the one in a sigstore bundle of any version. Strict JSON in which unknown members
// are ignored; base64 of either alphabet, padded or not. Anything else is an input error.
base::Result<Envelope> read_envelope(std::string text, std::string_view source);

}  // namespace weft::attest
