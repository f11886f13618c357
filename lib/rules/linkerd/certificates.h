// Certificates as manifests hold them, and what is wrong with one on a given day.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/pki/certificate.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {

// A PEM text and the value that holds it; empty when there is none.
struct Pem {
  const Value* value = nullptr;
  std::string text;
};

// Of a ConfigMap's key.
Pem pem_in_config(const Resource& config_map, std::string_view key);
// Of the first of these keys of a Secret: data in base64, or stringData as it is.
Pem pem_in_secret(const Resource& secret, std::initializer_list<std::string_view> keys);
// Of a caBundle: base64.
Pem pem_in_bundle(const Value* bundle);

// Days before its end when a certificate should be replaced; linkerd check warns as early.
inline constexpr long kRenewalDays = 60;

// Reports what cannot be read, is not valid at `now`, has a key too weak for Linkerd, or ends
// within kRenewalDays (a warning). True when nothing but the last was found.
bool check_certificates(const Resource& resource, const Pem& pem, base::WallTime now, Report& out);

}  // namespace weft::rules
