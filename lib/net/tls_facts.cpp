// What two sides of TLS have agreed on, and what the peer has shown.
#include <openssl/bn.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "lib/net/tls.h"
#include "lib/pki/openssl.h"

namespace weft::net {
namespace {

using Number = std::unique_ptr<BIGNUM, pki::Release<BN_free>>;

std::string text_of(const char* text) { return text == nullptr ? "" : text; }

TlsPeerCertificate describe(X509* certificate) {
  TlsPeerCertificate out;
  const pki::Bio pem(BIO_new(BIO_s_mem()));
  const pki::Bio subject(BIO_new(BIO_s_mem()));
  if (!pem || !subject) return out;
  PEM_write_bio_X509(pem.get(), certificate);
  out.pem = pki::contents(pem);
  X509_NAME_print_ex(subject.get(), X509_get_subject_name(certificate), 0,
                     XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  out.subject = pki::contents(subject);
  const Number serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  if (char* digits = serial ? BN_bn2dec(serial.get()) : nullptr) {
    out.serial = digits;
    OPENSSL_free(digits);
  }
  return out;
}

// By the names that are registered for TLS, where OpenSSL's own differ.
std::string group_name(SSL* session) {
  const int id = static_cast<int>(SSL_get_negotiated_group(session));
  if (id == NID_X25519) return "X25519";
  if (id == NID_X9_62_prime256v1) return "CurveP256";
  if (id == NID_secp384r1) return "CurveP384";
  if (id == NID_secp521r1) return "CurveP521";
  return text_of(SSL_group_to_name(session, id));
}

}  // namespace

TlsFacts TlsSession::facts() const {
  TlsFacts out;
  out.version = version();
  out.protocol = protocol();
  out.server_name = text_of(SSL_get_servername(session_, TLSEXT_NAMETYPE_host_name));
  if (const SSL_CIPHER* cipher = SSL_get_current_cipher(session_))
    out.cipher = text_of(SSL_CIPHER_standard_name(cipher));
  out.group = group_name(session_);
  const pki::X509Handle own(SSL_get1_peer_certificate(session_));
  if (own) out.peer.push_back(describe(own.get()));
  // A client's list of what the server showed begins with the server's own.
  STACK_OF(X509)* chain = SSL_get_peer_cert_chain(session_);
  for (int i = context_.is_server_ ? 0 : 1; i < sk_X509_num(chain); ++i)
    out.peer.push_back(describe(sk_X509_value(chain, i)));
  return out;
}

}  // namespace weft::net
