#include "lib/pki/issue.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/rand.h>

#include <algorithm>

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

// What a certificate may be used for, as OpenSSL writes extensions.
struct Purpose {
  const char* constraints;
  const char* key_usage;
  const char* extended_key_usage;  // null: any
  std::string names;               // may be empty
};

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

bool add_extensions(X509* certificate, const Signer& signer, const Purpose& purpose) {
  return add_extension(certificate, signer, NID_basic_constraints, purpose.constraints) &&
         add_extension(certificate, signer, NID_key_usage, purpose.key_usage) &&
         (purpose.extended_key_usage == nullptr ||
          add_extension(certificate, signer, NID_ext_key_usage, purpose.extended_key_usage)) &&
         (purpose.names.empty() ||
          add_extension(certificate, signer, NID_subject_alt_name, purpose.names.c_str())) &&
         add_extension(certificate, signer, NID_subject_key_identifier, "hash") &&
         (signer.certificate == certificate ||
          add_extension(certificate, signer, NID_authority_key_identifier, "keyid"));
}

base::Result<Issued> issue(const Request& request, const Purpose& purpose, const Signer* parent) {
  ERR_clear_error();
  const Key key(EVP_EC_gen("P-256"));
  const X509Handle handle(X509_new());
  if (!key || !handle) return failure(request);
  X509* certificate = handle.get();
  const Signer signer = parent != nullptr ? *parent : Signer{certificate, key.get()};
  const bool made =
      X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
      set_validity(certificate, request) && set_subject(certificate, request.common_name) &&
      X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate)) == 1 &&
      X509_set_pubkey(certificate, key.get()) == 1 &&
      add_extensions(certificate, signer, purpose) &&
      X509_sign(certificate, signer.key, EVP_sha256()) != 0;
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const Bio key_text(BIO_new(BIO_s_mem()));
  if (!made || PEM_write_bio_X509(certificate_text.get(), certificate) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1)
    return failure(request);
  return Issued{contents(certificate_text), contents(key_text)};
}

// Signed by `issuer`, which must live longer.
base::Result<Issued> issue_below(const Request& request, const Purpose& purpose,
                                 const Issued& issuer, std::string_view role) {
  const auto source = fmt::format("the {} certificate", role);
  WEFT_CHECK(verify_key(issuer.certificate, issuer.key, source));
  WEFT_TRY(facts, read_certificates(issuer.certificate, source));
  if (request.now + std::chrono::days(request.days) > facts.front().not_after)
    return Error{
        ExitCode::input,
        fmt::format("certificate {} would outlive its {}, which ends on {}", request.common_name,
                    role, base::format_rfc3339(facts.front().not_after)),
        fmt::format("ask for fewer days, or make a new {}", role)};
  WEFT_TRY(certificates, parse_certificates(issuer.certificate, source));
  WEFT_TRY(key, parse_key(issuer.key, fmt::format("the {} key", role)));
  const Signer signer{certificates.front().get(), key.get()};
  return issue(request, purpose, &signer);
}

bool is_address(const std::string& name) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, name.c_str(), bytes) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

bool is_dns_name(std::string_view name) {
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '*';
  });
}

bool is_spiffe_id(std::string_view name) {
  constexpr std::string_view kScheme = "spiffe://";
  constexpr std::string_view kSymbols = "/-._";
  return name.starts_with(kScheme) && name.size() > kScheme.size() && name.size() <= 2048 &&
         std::ranges::all_of(name.substr(kScheme.size()), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  kSymbols.find(c) != std::string_view::npos;
         });
}

base::Result<std::string> alternative_names(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    const bool address = is_address(name);
    const bool identity = is_spiffe_id(name);
    if (!address && !identity && !is_dns_name(name))
      return Error{
          ExitCode::usage,
          fmt::format("\"{}\" is neither a DNS name, nor an IP address, nor a SPIFFE identity",
                      name)};
    const std::string_view kind = address ? "IP" : identity ? "URI" : "DNS";
    out += fmt::format("{}{}:{}", out.empty() ? "" : ",", kind, name);
  }
  return out;
}

constexpr const char* kSignsCertificates = "critical,keyCertSign,cRLSign";

}  // namespace

base::Result<Issued> issue_root(const Request& request) {
  return issue(request, {"critical,CA:TRUE,pathlen:1", kSignsCertificates, nullptr, ""}, nullptr);
}

base::Result<Issued> issue_intermediate(const Request& request, const Issued& root) {
  return issue_below(request, {"critical,CA:TRUE,pathlen:0", kSignsCertificates, nullptr, ""}, root,
                     "root");
}

base::Result<Issued> issue_leaf(const Request& request, const std::vector<std::string>& names,
                                const Issued* issuer) {
  WEFT_TRY(alternatives, alternative_names(names));
  const Purpose purpose{"critical,CA:FALSE", "critical,digitalSignature", "serverAuth,clientAuth",
                        alternatives};
  return issuer == nullptr ? issue(request, purpose, nullptr)
                           : issue_below(request, purpose, *issuer, "issuer");
}

}  // namespace weft::pki
