#include "lib/pki/certificate.h"

#include <openssl/x509_vfy.h>

#include <ctime>

#include "lib/base/format.h"
#include "lib/pki/openssl.h"

namespace weft::pki {
namespace {

using base::Error;
using base::ExitCode;
using std::chrono::seconds;

using Store = std::unique_ptr<X509_STORE, Release<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Release<X509_STORE_CTX_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Release<BN_free>>;

// OpenSSL's stack macros cast in ways our warnings dislike; the plain functions do not.
struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const {
    OPENSSL_sk_free(reinterpret_cast<OPENSSL_STACK*>(stack));
  }
};
using Stack = std::unique_ptr<STACK_OF(X509), FreeStack>;

std::string hex(const unsigned char* bytes, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

std::string common_name(const X509_NAME* name) {
  const int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (index < 0) return "";
  unsigned char* utf8 = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (size < 0) return "";
  std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return text;
}

// Years that nanoseconds cannot hold (9999 is in use for "never") become the nearest that they can.
base::WallTime wall_time(const ASN1_TIME* time) {
  constexpr std::time_t kMost = 9'000'000'000;  // the year 2255
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  const std::time_t since_epoch = std::min(std::max(::timegm(&parts), -kMost), kMost);
  return base::WallTime(seconds(since_epoch));
}

std::string key_name(X509* certificate) {
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return "unknown";
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      return fmt::format("RSA {}", bits);
    case EVP_PKEY_EC: {
      char group[64] = "";
      std::size_t size = 0;
      EVP_PKEY_get_group_name(key, group, sizeof group, &size);
      const char* nist = EC_curve_nid2nist(OBJ_txt2nid(group));
      return fmt::format("ECDSA {}", nist != nullptr ? nist : group);
    }
    default: {
      const char* name = EVP_PKEY_get0_type_name(key);
      return name != nullptr ? name : "unknown";
    }
  }
}

// Alternative names of one kind that is text: GEN_DNS, GEN_URI.
std::vector<std::string> names_of(const X509* certificate, int kind) {
  std::vector<std::string> names;
  const Names all(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  const auto* stack = reinterpret_cast<const OPENSSL_STACK*>(all.get());
  for (int i = 0; i < OPENSSL_sk_num(stack); ++i) {
    const auto* name = static_cast<const GENERAL_NAME*>(OPENSSL_sk_value(stack, i));
    if (name->type != kind) continue;
    const ASN1_STRING* text = name->d.ia5;
    names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                       static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  return names;
}

Certificate describe(X509* certificate) {
  Certificate out;
  out.common_name = common_name(X509_get_subject_name(certificate));
  out.issuer_name = common_name(X509_get_issuer_name(certificate));
  const BigNumber serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  if (serial) {
    std::vector<unsigned char> bytes(static_cast<std::size_t>(BN_num_bytes(serial.get())));
    BN_bn2bin(serial.get(), bytes.data());
    out.serial = hex(bytes.data(), bytes.size());
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &size) == 1)
    out.fingerprint = hex(digest, size);
  out.key = key_name(certificate);
  out.signature = OBJ_nid2ln(X509_get_signature_nid(certificate));
  out.dns_names = names_of(certificate, GEN_DNS);
  out.uris = names_of(certificate, GEN_URI);
  out.not_before = wall_time(X509_get0_notBefore(certificate));
  out.not_after = wall_time(X509_get0_notAfter(certificate));
  out.is_ca = (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0;
  const long path_length = X509_get_pathlen(certificate);
  if (path_length >= 0) out.path_length = path_length;
  const Bio pem(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(pem.get(), certificate);
  out.pem = contents(pem);
  return out;
}

}  // namespace

long days_left(const Certificate& certificate, base::WallTime now) {
  return std::chrono::floor<std::chrono::days>(certificate.not_after - now).count();
}

base::Result<std::vector<Certificate>> read_certificates(std::string_view pem,
                                                         std::string_view source) {
  WEFT_TRY(parsed, parse_certificates(pem, source));
  std::vector<Certificate> certificates;
  certificates.reserve(parsed.size());
  for (const auto& certificate : parsed) certificates.push_back(describe(certificate.get()));
  ERR_clear_error();  // of extensions that cannot be read
  return certificates;
}

base::Result<void> verify_chain(std::string_view chain, std::string_view anchors,
                                base::WallTime now, std::string_view source) {
  WEFT_TRY(certificates, parse_certificates(chain, source));
  WEFT_TRY(trusted, parse_certificates(anchors, fmt::format("the trust anchors of {}", source)));
  const Store store(X509_STORE_new());
  for (const auto& anchor : trusted) X509_STORE_add_cert(store.get(), anchor.get());
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  const Stack helpers(reinterpret_cast<STACK_OF(X509)*>(OPENSSL_sk_new_null()));
  for (std::size_t i = 1; i < certificates.size(); ++i)
    OPENSSL_sk_push(reinterpret_cast<OPENSSL_STACK*>(helpers.get()), certificates[i].get());

  const StoreContext context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), certificates.front().get(), helpers.get());
  X509_STORE_CTX_set_time(context.get(), 0,
                          std::chrono::floor<seconds>(now.time_since_epoch()).count());
  if (X509_verify_cert(context.get()) == 1) return {};
  const int problem = X509_STORE_CTX_get_error(context.get());
  const X509* at = X509_STORE_CTX_get_current_cert(context.get());
  ERR_clear_error();
  std::string message = fmt::format("{} does not lead to its trust anchors", source);
  if (at != nullptr) message += fmt::format(" (at \"{}\")", common_name(X509_get_subject_name(at)));
  return Error{ExitCode::input, std::move(message)}.because(X509_verify_cert_error_string(problem));
}

base::Result<void> verify_key(std::string_view certificate, std::string_view key,
                              std::string_view source) {
  WEFT_TRY(certificates, parse_certificates(certificate, source));
  WEFT_TRY(own, parse_key(key, fmt::format("the key of {}", source)));
  const bool match = X509_check_private_key(certificates.front().get(), own.get()) == 1;
  ERR_clear_error();
  if (match) return {};
  return Error{ExitCode::input, fmt::format("the key of {} belongs to another certificate", source),
               "give the certificate and the key that were made together"};
}

}  // namespace weft::pki
