#include "lib/schema/format.h"

#include <algorithm>
#include <iterator>

#include "lib/base/base64.h"
#include "lib/base/number.h"
#include "lib/cel/address.h"
#include "lib/cel/time.h"
#include "lib/cel/url.h"

namespace weft::schema {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_date(std::string_view text) { return text.size() == 10 && cel::parse_timestamp(text); }
bool is_date_time(std::string_view text) { return text.size() > 10 && cel::parse_timestamp(text); }
bool is_duration(std::string_view text) { return base::parse_duration(text).ok(); }
bool is_base64(std::string_view text) { return base::base64_decode(text).has_value(); }
bool is_ipv4(std::string_view text) {
  const auto ip = cel::parse_ip(text);
  return ip && ip->is_v4;
}
bool is_ipv6(std::string_view text) {
  const auto ip = cel::parse_ip(text);
  return ip && !ip->is_v4;
}
bool is_cidr(std::string_view text) { return cel::parse_cidr(text).has_value(); }
bool is_uri(std::string_view text) { return cel::parse_url(text).has_value(); }

bool is_uuid(std::string_view text) {
  constexpr std::size_t kLength = 36;
  if (text.size() != kLength) return false;
  for (std::size_t i = 0; i < kLength; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_host_name(std::string_view text) {
  constexpr std::size_t kLongest = 255;
  constexpr std::size_t kLongestLabel = 63;
  if (text.empty() || text.size() > kLongest) return false;
  while (!text.empty()) {
    const std::string_view label = text.substr(0, text.find('.'));
    const bool good = !label.empty() && label.size() <= kLongestLabel && label.front() != '-' &&
                      label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
                        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                               (c >= '0' && c <= '9') || c == '-';
                      });
    if (!good) return false;
    text.remove_prefix(std::min(label.size() + 1, text.size()));
  }
  return true;
}

bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of(" \t\r\n<>") == std::string_view::npos;
}

constexpr double kTwo31 = 2147483648.0;
constexpr double kTwo32 = 4294967296.0;
constexpr double kTwo63 = 9223372036854775808.0;

constexpr Format kFormats[] = {
    {"int32", "", nullptr, -kTwo31, kTwo31 - 1, cel::Type::integer},
    {"uint32", "", nullptr, 0, kTwo32 - 1, cel::Type::integer},
    {"int64", "", nullptr, -kTwo63, kTwo63, cel::Type::integer},
    {"uint64", "", nullptr, 0, 2 * kTwo63, cel::Type::integer},
    {"float", "", nullptr, -3.4028235e38, 3.4028235e38, cel::Type::number},
    {"date-time", "a date and time such as 2026-03-01T12:00:00Z", is_date_time, 0, 0,
     cel::Type::timestamp},
    {"datetime", "a date and time such as 2026-03-01T12:00:00Z", is_date_time, 0, 0,
     cel::Type::timestamp},
    {"date", "a date such as 2026-03-01", is_date, 0, 0, cel::Type::timestamp},
    {"duration", "a duration such as 1m30s", is_duration, 0, 0, cel::Type::duration},
    {"byte", "base64", is_base64, 0, 0, cel::Type::bytes},
    {"ipv4", "an IPv4 address", is_ipv4},
    {"ipv6", "an IPv6 address", is_ipv6},
    {"cidr", "a network such as 10.0.0.0/8", is_cidr},
    {"uri", "a URI such as https://example.com/a", is_uri},
    {"uuid", "a UUID", is_uuid},
    {"hostname", "a host name", is_host_name},
    {"email", "an e-mail address", is_email},
};

}  // namespace

const Format* find_format(std::string_view name) {
  const auto at = std::find_if(std::begin(kFormats), std::end(kFormats),
                               [&](const Format& each) { return each.name == name; });
  return at == std::end(kFormats) ? nullptr : &*at;
}

}  // namespace weft::schema
