// OpenSSL's handles with owners, and its error queue as a base::Error. Only lib/pki
// and the TLS of lib/net include this.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace weft::pki {

template <auto Free>
struct Release {
  template <typename T>
  void operator()(T* handle) const {
    Free(handle);
  }
};

using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using X509Handle = std::unique_ptr<X509, Release<X509_free>>;

inline constexpr std::size_t kMaxPemBytes = 1u << 20;
// An input error that names `source` when the text is larger.
base::Result<void> check_size(std::string_view pem, std::string_view source);

// The oldest reason on OpenSSL's queue, which is emptied; empty when there is none.
std::string last_reason();

// What the text holds, read from memory that must outlive the Bio.
Bio reader(std::string_view text);
// Everything written to a memory Bio.
std::string contents(const Bio& bio);

base::Result<std::vector<X509Handle>> parse_certificates(std::string_view pem,
                                                         std::string_view source);
base::Result<Key> parse_key(std::string_view pem, std::string_view source);

}  // namespace weft::pki
