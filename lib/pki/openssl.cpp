#include "lib/pki/openssl.h"

#include "lib/base/format.h"

namespace weft::pki {
namespace {

using base::Error;
using base::ExitCode;

// An encrypted key is refused: OpenSSL's own callback would ask on the terminal.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

base::Result<void> check_size(std::string_view pem, std::string_view source) {
  if (pem.size() > kMaxPemBytes)
    return Error{ExitCode::input, fmt::format("{} is larger than 1 MiB", source),
                 "give a PEM file with certificates or a key"};
  return {};
}

std::string last_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "" : reason;
}

Bio reader(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string contents(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

base::Result<std::vector<X509Handle>> parse_certificates(std::string_view pem,
                                                         std::string_view source) {
  WEFT_CHECK(check_size(pem, source));
  ERR_clear_error();
  const Bio bio = reader(pem);
  std::vector<X509Handle> certificates;
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr))
    certificates.emplace_back(next);
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string reason = last_reason();
  if (!at_end)
    return Error{ExitCode::input,
                 fmt::format("{}: certificate {} cannot be read", source, certificates.size() + 1)}
        .because(reason);
  if (certificates.empty())
    return Error{ExitCode::input, fmt::format("{} holds no certificate", source),
                 "give PEM blocks that begin with -----BEGIN CERTIFICATE-----"};
  return certificates;
}

base::Result<Key> parse_key(std::string_view pem, std::string_view source) {
  WEFT_CHECK(check_size(pem, source));
  ERR_clear_error();
  Key key(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, no_password, nullptr));
  const std::string reason = last_reason();
  if (!key)
    return Error{ExitCode::input, fmt::format("{} holds no readable private key", source),
                 "give an unencrypted key in PEM (PKCS#8 or SEC1)"}
        .because(reason);
  return key;
}

}  // namespace weft::pki
