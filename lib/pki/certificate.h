// X.509 certificates and private keys in PEM: what they say, whether they belong together and
// whether a chain holds. Private keys pass through as text and are never part of a message.
//
//   WEFT_TRY(issuer, pki::read_certificates(pem, "issuer.crt"));
//   WEFT_CHECK(pki::verify_chain(pem, anchors, clock.wall(), "issuer.crt"));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"

namespace weft::pki {

struct Certificate {
  std::string common_name;  // of the subject; empty when it has none
  std::string issuer_name;  // the issuer's common name
  std::string serial;       // hexadecimal, lower case
  std::string fingerprint;  // SHA-256 of the DER form, hexadecimal, lower case
  std::string key;          // "ECDSA P-256", "RSA 2048", else OpenSSL's name of the algorithm
  std::string signature;    // "ecdsa-with-SHA256", "sha256WithRSAEncryption"
  std::vector<std::string> dns_names;
  std::vector<std::string> uris;  // "spiffe://cluster.local/ns/shop/sa/cart"
  base::WallTime not_before{};
  base::WallTime not_after{};
  bool is_ca = false;
  std::optional<long> path_length;
  std::string pem;  // this certificate alone
};

// Whole days until the certificate ends, rounded down; negative once it has ended.
long days_left(const Certificate& certificate, base::WallTime now);

// Every certificate of a bundle, in order; text around the blocks is ignored. No certificate at
// all, a broken one or more than 1 MiB is an input error that names `source`.
base::Result<std::vector<Certificate>> read_certificates(std::string_view pem,
                                                         std::string_view source);

// The first certificate of `chain`, helped by those after it, leads to one of `anchors`, and all
// of them are valid at `now`. An anchor need not be self-signed.
base::Result<void> verify_chain(std::string_view chain, std::string_view anchors,
                                base::WallTime now, std::string_view source);

// The unencrypted private key belongs to the first certificate.
base::Result<void> verify_key(std::string_view certificate, std::string_view key,
                              std::string_view source);

}  // namespace weft::pki
