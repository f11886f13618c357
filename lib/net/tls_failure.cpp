// What goes wrong with TLS, in words: which of OpenSSL's reasons is which failure, and what helps.

#include <openssl/ssl.h>

#include <array>

#include "lib/net/tls.h"
#include "lib/pki/openssl.h"

namespace weft::net {
namespace {

struct FailureRow {
  std::string_view text;
  std::string_view remedy;
};

constexpr std::array<FailureRow, 15> kFailures = {{
    {"", ""},
    {"the certificate of the target has expired", "renew it, or do not verify: --insecure"},
    {"the certificate of the target is not valid yet",
     "check the clocks of both sides, or do not verify: --insecure"},
    {"the certificate of the target is for another name",
     "ask for a name it has with --sni NAME, or do not verify: --insecure"},
    {"the certificate of the target carries another SPIFFE identity",
     "expect the one it has with --expect-spiffe, or check which workload answers there"},
    {"the certificate of the target was issued by an unknown authority",
     "give the authority with --cacert FILE, or do not verify: --insecure"},
    {"the certificate of the target is not acceptable",
     "look at it with openssl s_client, or do not verify: --insecure"},
    {"the target asks for a client certificate", "give one with --cert FILE --key FILE"},
    {"the target does not accept the certificate shown to it",
     "check that it is valid and comes from an authority the target trusts"},
    {"no version of TLS is spoken by both sides", "check --tls-min and --tls-max"},
    {"both sides have no cipher in common", ""},
    {"the target does not speak the application protocol asked for (ALPN)",
     "choose another one with --http"},
    {"the target does not speak TLS", "use http://, or the port that speaks TLS"},
    {"the target closed the connection during the TLS handshake", ""},
    {"TLS failed", ""},
}};

}  // namespace

std::string_view tls_failure_text(TlsFailure failure) {
  return kFailures[static_cast<std::size_t>(failure)].text;
}
std::string_view tls_failure_remedy(TlsFailure failure) {
  return kFailures[static_cast<std::size_t>(failure)].remedy;
}

TlsFailure TlsSession::classify() {
  const unsigned long code = ERR_peek_error();
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) return TlsFailure::broken;
  if (ERR_GET_REASON(code) > SSL_AD_REASON_OFFSET)
    alert_ = ERR_GET_REASON(code) - SSL_AD_REASON_OFFSET;
  switch (ERR_GET_REASON(code)) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      switch (SSL_get_verify_result(session_)) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
          return TlsFailure::expired;
        case X509_V_ERR_CERT_NOT_YET_VALID:
          return TlsFailure::not_yet_valid;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
          return TlsFailure::host_mismatch;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
          return TlsFailure::unknown_issuer;
        default:
          return TlsFailure::bad_certificate;
      }
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return TlsFailure::certificate_wanted;
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:  // how TLS 1.2 says one of two things
      return SSL_get_certificate(session_) == nullptr &&
                     SSL_get_state(session_) != TLS_ST_CW_CLNT_HELLO
                 ? TlsFailure::certificate_wanted
                 : TlsFailure::no_common_cipher;
    case SSL_R_NO_SHARED_CIPHER:
      return TlsFailure::no_common_cipher;
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
      return TlsFailure::certificate_refused;
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
      return TlsFailure::no_common_version;
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
      return TlsFailure::no_protocol;
    case SSL_R_WRONG_VERSION_NUMBER:  // of a record: it is none
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
      return TlsFailure::not_tls;
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return TlsFailure::closed;
    default:
      return TlsFailure::broken;
  }
}

}  // namespace weft::net
