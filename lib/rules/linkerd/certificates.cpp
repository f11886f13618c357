#include "lib/rules/linkerd/certificates.h"

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::rules {
namespace {

std::string decoded(const Value* value) {
  std::string packed;
  for (char c : text(value))
    if (c != '\n' && c != ' ') packed += c;
  return base::base64_decode(packed).value_or("");
}

// ECDSA on P-256, or RSA from 2048 bits on.
bool is_strong(std::string_view key) {
  if (!key.starts_with("RSA ")) return key == "ECDSA P-256";
  constexpr std::uint64_t kLeastBits = 2048;
  return base::parse_uint(key.substr(4)).value_or(0) >= kLeastBits;
}

// What makes it unusable, or "".
std::string fault(const pki::Certificate& certificate, base::WallTime now) {
  if (certificate.not_after < now)
    return fmt::format("ended on {}", base::format_rfc3339(certificate.not_after).substr(0, 10));
  if (certificate.not_before > now)
    return fmt::format("begins on {}", base::format_rfc3339(certificate.not_before).substr(0, 10));
  if (!is_strong(certificate.key))
    return fmt::format("has a key that Linkerd does not take: {}", certificate.key);
  return {};
}

}  // namespace

Pem pem_in_config(const Resource& config_map, std::string_view key) {
  const Value* value = get(config_map.root, "data", key);
  return {value, std::string(text(value))};
}

Pem pem_in_secret(const Resource& secret, std::initializer_list<std::string_view> keys) {
  for (std::string_view key : keys) {
    if (const Value* plain = get(secret.root, "stringData", key))
      return {plain, std::string(text(plain))};
    if (const Value* value = get(secret.root, "data", key)) return {value, decoded(value)};
  }
  return {};
}

Pem pem_in_bundle(const Value* bundle) { return {bundle, decoded(bundle)}; }

bool check_certificates(const Resource& resource, const Pem& pem, base::WallTime now, Report& out) {
  if (text(pem.value).empty()) return true;
  const auto certificates = pki::read_certificates(pem.text, "it");
  if (!certificates.ok()) {
    out.add(resource, pem.value, "holds no certificate that can be read");
    return false;
  }
  bool is_good = true;
  for (const pki::Certificate& certificate : *certificates) {
    const std::string problem = fault(certificate, now);
    const long days = pki::days_left(certificate, now);
    if (!problem.empty())
      out.add(resource, pem.value, fmt::format("{} {}", certificate.common_name, problem))
          .with("certificate", certificate.common_name);
    else if (days < kRenewalDays)
      out.add(resource, pem.value,
              fmt::format("{} ends in {}", certificate.common_name,
                          base::plural(static_cast<std::uint64_t>(days), "day")))
          .with("certificate", certificate.common_name)
          .as(Severity::warning);
    is_good = is_good && problem.empty();
  }
  return is_good;
}

}  // namespace weft::rules
