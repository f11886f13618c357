#include "lib/pki/signing.h"

#include <openssl/core_names.h>
#include <openssl/pkcs12.h>

#include <array>
#include <span>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/pki/openssl.h"

namespace weft::pki {
namespace {

using base::Error;
using base::ExitCode;
using Bytes = const unsigned char*;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using KeyInfo = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Release<PKCS8_PRIV_KEY_INFO_free>>;
using Encrypted = std::unique_ptr<X509_SIG, Release<X509_SIG_free>>;
using Algorithm = std::unique_ptr<X509_ALGOR, Release<X509_ALGOR_free>>;

constexpr std::uint64_t kScryptCost = 16384;

Bytes bytes_of(std::string_view text) { return reinterpret_cast<Bytes>(text.data()); }

std::string text_of(std::span<const unsigned char> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return text_of(digest);
}

// What OpenSSL writes into a buffer that it allocates: i2d_PUBKEY and its like.
template <typename Write, typename Handle>
std::string der(Write write, Handle* handle) {
  unsigned char* buffer = nullptr;
  const int size = write(handle, &buffer);
  if (size < 0) return {};
  std::string text = text_of({buffer, static_cast<std::size_t>(size)});
  OPENSSL_clear_free(buffer, static_cast<std::size_t>(size));
  return text;
}

// Of a SubjectPublicKeyInfo with a named curve and an uncompressed point: only then is there one
// text, and one hint, for each key.
constexpr std::size_t kP256Bytes = 91;
constexpr std::size_t kEd25519Bytes = 44;

// Larger ones would only cost time.
constexpr int kLeastRsaBits = 3072;
constexpr int kMostRsaBits = 8192;

base::Result<PublicKey> rsa_key_of(EVP_PKEY* key, std::string spki, std::string_view source) {
  const int bits = EVP_PKEY_get_bits(key);
  if (bits >= kLeastRsaBits && bits <= kMostRsaBits)
    return PublicKey{KeyType::rsa, std::move(spki)};
  return Error{ExitCode::input, fmt::format("{}: an RSA key of {} bits", source, bits),
               fmt::format("RSA keys have {} to {} bits here", kLeastRsaBits, kMostRsaBits)};
}

base::Result<PublicKey> public_key_of(EVP_PKEY* key, std::string_view source) {
  std::string spki = der(i2d_PUBKEY, key);
  if (EVP_PKEY_is_a(key, "ED25519") == 1 && spki.size() == kEd25519Bytes)
    return PublicKey{KeyType::ed25519, std::move(spki)};
  std::array<char, 64> group{};
  if (EVP_PKEY_is_a(key, "EC") == 1)
    EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr);
  const bool p256 = std::string_view(group.data()) == "prime256v1";
  if (p256 && spki.size() == kP256Bytes) return PublicKey{KeyType::ecdsa_p256, std::move(spki)};
  if (p256)
    return Error{ExitCode::input, fmt::format("{}: its point or curve is written out", source),
                 "openssl ec -pubin -conv_form uncompressed -param_enc named_curve"};
  if (EVP_PKEY_is_a(key, "RSA") == 1) return rsa_key_of(key, std::move(spki), source);
  const char* type = EVP_PKEY_get0_type_name(key);
  const std::string name = type == nullptr ? "unknown" : type;
  return Error{ExitCode::input,
               fmt::format("{}: cannot use a key of type {}{}{}", source, name,
                           group[0] == 0 ? "" : " ", group.data()),
               "use ECDSA P-256 or Ed25519: weft keys new FILE"};
}

struct Passphrase {
  const std::optional<std::string>& text;
  bool asked = false;
};

int give_passphrase(char* buffer, int size, int, void* context) {
  auto& passphrase = *static_cast<Passphrase*>(context);
  passphrase.asked = true;
  if (!passphrase.text || passphrase.text->size() > static_cast<std::size_t>(size)) return -1;
  passphrase.text->copy(buffer, passphrase.text->size());
  return static_cast<int>(passphrase.text->size());
}

// The blob of RFC 4253: each part behind its length in four bytes, most significant first.
void append_ssh(std::string& blob, std::string_view part) {
  for (int shift = 24; shift >= 0; shift -= 8)
    blob += static_cast<char>((part.size() >> shift) & 0xff);
  blob += part;
}

// A positive number (RFC 4251, section 5): a zero goes before a first byte with the highest bit
// set.
void append_ssh_number(std::string& blob, const EVP_PKEY* key, const char* parameter) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, parameter, &number);
  const std::unique_ptr<BIGNUM, Release<BN_free>> owner(number);
  std::string bytes(static_cast<std::size_t>(number == nullptr ? 0 : BN_num_bytes(number)), '\0');
  if (number != nullptr) BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  const bool high = !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0x80) != 0;
  append_ssh(blob, high ? std::string(1, '\0') + bytes : bytes);
}

Key public_handle(const PublicKey& key) {
  Bytes at = bytes_of(key.spki);
  return Key(d2i_PUBKEY(nullptr, &at, static_cast<long>(key.spki.size())));
}

// Of types other than RSA the key itself ends the SubjectPublicKeyInfo: 32 bytes, or 04 X Y.
std::string ssh_blob(const PublicKey& key) {
  const std::string_view spki = key.spki;
  std::string blob;
  if (key.type == KeyType::ed25519) {
    append_ssh(blob, "ssh-ed25519");
    append_ssh(blob, spki.substr(spki.size() - 32));
  } else if (key.type == KeyType::rsa) {
    const Key handle = public_handle(key);
    append_ssh(blob, "ssh-rsa");
    append_ssh_number(blob, handle.get(), OSSL_PKEY_PARAM_RSA_E);
    append_ssh_number(blob, handle.get(), OSSL_PKEY_PARAM_RSA_N);
  } else {
    append_ssh(blob, "ecdsa-sha2-nistp256");
    append_ssh(blob, "nistp256");
    append_ssh(blob, spki.substr(spki.size() - 65));
  }
  return blob;
}

const char* digest_of(KeyType type) { return type == KeyType::ed25519 ? nullptr : "SHA256"; }

bool encrypt(BIO* out, PKCS8_PRIV_KEY_INFO* info, const std::string& passphrase) {
  Algorithm scrypt(
      PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 0, nullptr, kScryptCost, 8, 1));
  if (!scrypt) return false;
  const Encrypted sealed(
      PKCS8_set0_pbe(passphrase.data(), static_cast<int>(passphrase.size()), info, scrypt.get()));
  if (!sealed) return false;
  (void)scrypt.release();  // now part of `sealed`
  return PEM_write_bio_PKCS8(out, sealed.get()) == 1;
}

KeyInfo key_info(const PrivateKey& key) {
  Bytes at = bytes_of(key.pkcs8);
  return KeyInfo(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(key.pkcs8.size())));
}

Key private_handle(const PrivateKey& key) {
  const KeyInfo info = key_info(key);
  return Key(info ? EVP_PKCS82PKEY(info.get()) : nullptr);
}

base::Result<PrivateKey> private_key_of(EVP_PKEY* handle, std::string_view source) {
  WEFT_TRY(public_key, public_key_of(handle, source));
  if (public_key.type == KeyType::rsa)
    return Error{ExitCode::input, fmt::format("{}: RSA keys do not sign here", source),
                 "use ECDSA P-256 or Ed25519: weft keys new FILE"};
  const KeyInfo info(EVP_PKEY2PKCS8(handle));
  if (!info)
    return Error{ExitCode::bug, fmt::format("{}: key cannot be kept", source)}.because(
        last_reason());
  return PrivateKey{std::move(public_key), der(i2d_PKCS8_PRIV_KEY_INFO, info.get())};
}

}  // namespace

std::string_view name_of(KeyType type) {
  return type == KeyType::ed25519 ? "Ed25519" : type == KeyType::rsa ? "RSA" : "ECDSA P-256";
}

base::Result<PrivateKey> make_key(KeyType type) {
  ERR_clear_error();
  const Key key(type == KeyType::ed25519 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                                         : EVP_EC_gen("P-256"));
  if (!key) return Error{ExitCode::bug, "cannot make a key"}.because(last_reason());
  return private_key_of(key.get(), "new key");
}

base::Result<PrivateKey> read_private_key(std::string_view pem, std::string_view source,
                                          const std::optional<std::string>& passphrase) {
  WEFT_CHECK(check_size(pem, source));
  ERR_clear_error();
  Passphrase answer{passphrase};
  const Key key(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, give_passphrase, &answer));
  const std::string reason = last_reason();
  if (key) return private_key_of(key.get(), source);
  if (answer.asked && !passphrase)
    return Error{ExitCode::input, fmt::format("{} is encrypted", source),
                 "give --passphrase-file FILE, or set WEFT_KEY_PASSPHRASE"};
  if (answer.asked)
    return Error{ExitCode::input, fmt::format("{}: the passphrase does not open it", source)};
  return Error{ExitCode::input, fmt::format("{} holds no readable private key", source),
               "give a PKCS#8 key in PEM: weft keys new FILE"}
      .because(reason);
}

base::Result<PublicKey> read_public_key(std::string_view pem, std::string_view source) {
  WEFT_CHECK(check_size(pem, source));
  ERR_clear_error();
  const Key key(PEM_read_bio_PUBKEY(reader(pem).get(), nullptr, nullptr, nullptr));
  const std::string reason = last_reason();
  if (key) return public_key_of(key.get(), source);
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos)
    return Error{ExitCode::input, fmt::format("{} is a private key", source),
                 "give its public half, the .pub file that weft keys new wrote"};
  return Error{ExitCode::input, fmt::format("{} holds no readable public key", source),
               "give PEM that begins with -----BEGIN PUBLIC KEY-----"}
      .because(reason);
}

base::Result<std::string> write_private_key(const PrivateKey& key,
                                            const std::optional<std::string>& passphrase) {
  ERR_clear_error();
  const KeyInfo info = key_info(key);
  const Bio text(BIO_new(BIO_s_secmem()));
  const bool written =
      info && text &&
      (passphrase ? encrypt(text.get(), info.get(), *passphrase)
                  : PEM_write_bio_PKCS8_PRIV_KEY_INFO(text.get(), info.get()) == 1);
  if (!written) return Error{ExitCode::bug, "cannot write the key"}.because(last_reason());
  return contents(text);
}

std::string write_public_key(const PublicKey& key) {
  std::string pem = "-----BEGIN PUBLIC KEY-----\n";
  const std::string body = base::base64_encode(key.spki);
  for (std::size_t at = 0; at < body.size(); at += 64) pem += body.substr(at, 64) + '\n';
  return pem + "-----END PUBLIC KEY-----\n";
}

std::string key_id(const PublicKey& key) {
  std::string text = base::base64_encode(sha256(ssh_blob(key)));
  while (text.ends_with('=')) text.pop_back();
  return "SHA256:" + text;
}

std::string key_hint(const PublicKey& key) { return base::base64_encode(sha256(key.spki)); }

base::Result<std::string> sign(const PrivateKey& key, std::string_view message) {
  ERR_clear_error();
  const Key handle = private_handle(key);
  const DigestContext context(EVP_MD_CTX_new());
  const char* digest = digest_of(key.public_key.type);
  std::array<unsigned char, 128> signature{};
  std::size_t size = signature.size();
  if (!handle || !context ||
      EVP_DigestSignInit_ex(context.get(), nullptr, digest, nullptr, nullptr, handle.get(),
                            nullptr) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(message), message.size()) !=
          1)
    return Error{ExitCode::bug, "cannot sign"}.because(last_reason());
  return text_of(std::span(signature).first(size));
}

bool verify(const PublicKey& key, std::string_view message, std::string_view signature) {
  const Key handle = public_handle(key);
  const DigestContext context(EVP_MD_CTX_new());
  const bool valid = handle && context &&
                     EVP_DigestVerifyInit_ex(context.get(), nullptr, digest_of(key.type), nullptr,
                                             nullptr, handle.get(), nullptr) == 1 &&
                     EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                      bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return valid;
}

}  // namespace weft::pki
