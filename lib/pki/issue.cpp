#include "lib/pki/issue.h"

#include <openssl/ec.h>
#include <openssl/rand.h>

#include "lib/base/format.h"
#include "lib/pki/certificate.h"
#include "lib/pki/openssl.h"

namespace weft::pki {
namespace {

using base::Error;
using base::ExitCode;
using std::chrono::seconds;

constexpr seconds kClockLag = std::chrono::minutes(5);

using BigNumber = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;

// Whose signature a certificate gets: a root signs itself.
struct Signer {
  X509* certificate;
  EVP_PKEY* key;
};

Error failure(const Request& request) {
  return Error{ExitCode::bug, fmt::format("cannot make certificate {}", request.common_name)}
      .because(last_reason());
}

// 16 random bytes, positive and never short: the two top bits are 01.
bool set_serial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3f) | 0x40);
  const BigNumber number(BN_bin2bn(bytes, sizeof bytes, nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_validity(X509* certificate, const Request& request) {
  const auto now = std::chrono::floor<seconds>(request.now.time_since_epoch());
  const auto end = now + std::chrono::days(request.days);
  return ASN1_TIME_set(X509_getm_notBefore(certificate), (now - kClockLag).count()) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), end.count()) != nullptr;
}

bool set_subject(X509* certificate, const std::string& common_name) {
  return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

bool add_extension(X509* certificate, const Signer& signer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, signer.certificate, certificate, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

base::Result<Issued> issue(const Request& request, const Signer* parent) {
  ERR_clear_error();
  const Key key(EVP_EC_gen("P-256"));
  const X509Handle handle(X509_new());
  if (!key || !handle) return failure(request);
  X509* certificate = handle.get();
  const Signer signer = parent != nullptr ? *parent : Signer{certificate, key.get()};
  const char* constraints =
      parent != nullptr ? "critical,CA:TRUE,pathlen:0" : "critical,CA:TRUE,pathlen:1";
  const bool made =
      X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
      set_validity(certificate, request) && set_subject(certificate, request.common_name) &&
      X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate)) == 1 &&
      X509_set_pubkey(certificate, key.get()) == 1 &&
      add_extension(certificate, signer, NID_basic_constraints, constraints) &&
      add_extension(certificate, signer, NID_key_usage, "critical,keyCertSign,cRLSign") &&
      add_extension(certificate, signer, NID_subject_key_identifier, "hash") &&
      (parent == nullptr ||
       add_extension(certificate, signer, NID_authority_key_identifier, "keyid")) &&
      X509_sign(certificate, signer.key, EVP_sha256()) != 0;
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const Bio key_text(BIO_new(BIO_s_mem()));
  if (!made || PEM_write_bio_X509(certificate_text.get(), certificate) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1)
    return failure(request);
  return Issued{contents(certificate_text), contents(key_text)};
}

}  // namespace

base::Result<Issued> issue_root(const Request& request) { return issue(request, nullptr); }

base::Result<Issued> issue_intermediate(const Request& request, const Issued& root) {
  WEFT_CHECK(verify_key(root.certificate, root.key, "the root certificate"));
  WEFT_TRY(facts, read_certificates(root.certificate, "the root certificate"));
  if (request.now + std::chrono::days(request.days) > facts.front().not_after)
    return Error{ExitCode::input,
                 fmt::format("certificate {} would outlive its root, which ends on {}",
                             request.common_name, base::format_rfc3339(facts.front().not_after)),
                 "ask for fewer days, or make a new root"};
  WEFT_TRY(certificates, parse_certificates(root.certificate, "the root certificate"));
  WEFT_TRY(key, parse_key(root.key, "the root key"));
  const Signer signer{certificates.front().get(), key.get()};
  return issue(request, &signer);
}

}  // namespace weft::pki
