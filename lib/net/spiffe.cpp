// Which workload a peer is: SPIFFE identities in certificates.
#include <openssl/ssl.h>

#include <algorithm>

#include "lib/base/format.h"
#include "lib/net/tls.h"
#include "lib/pki/openssl.h"

namespace weft::net {
namespace {

std::string_view text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

}  // namespace

base::Result<std::string> parse_spiffe_id(std::string_view text) {
  constexpr std::string_view kScheme = "spiffe://";
  const auto any_of = [](std::string_view allowed) {
    return [allowed](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             allowed.find(c) != std::string_view::npos;
    };
  };
  const std::string_view rest = text.substr(std::min(text.size(), kScheme.size()));
  const std::string_view domain = rest.substr(0, rest.find('/'));
  const std::string_view path = rest.substr(domain.size());
  if (text.starts_with(kScheme) && text.size() <= 2048 && !domain.empty() &&
      std::ranges::all_of(domain, any_of(".-_")) &&
      std::ranges::all_of(path, any_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ.-_/")) &&
      path.find("//") == std::string_view::npos && !path.ends_with('/'))
    return std::string(text);
  return base::Error{
      base::ExitCode::usage, fmt::format("\"{}\" is not a SPIFFE identity", text),
      "write spiffe://TRUST-DOMAIN/PATH, or spiffe://TRUST-DOMAIN for any of the domain"};
}

// X509-SVID, 2: the identity is the one URI among the alternative names.
bool TlsSession::has_expected_identity() const {
  const std::string& expected = context_.spiffe_id_;
  if (expected.empty()) return true;
  const X509* certificate = SSL_get0_peer_certificate(session_);
  const std::unique_ptr<GENERAL_NAMES, pki::Release<GENERAL_NAMES_free>> names(
      certificate == nullptr ? nullptr
                             : static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(
                                   certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string_view found;
  int uris = 0;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    found = text_of(name->d.uniformResourceIdentifier);
    ++uris;
  }
  if (uris != 1 || !found.starts_with(expected)) return false;
  constexpr std::size_t kAfterScheme = 9;
  const bool any_of_domain = expected.find('/', kAfterScheme) == std::string::npos;
  return found.size() == expected.size() || (any_of_domain && found[expected.size()] == '/');
}

}  // namespace weft::net
