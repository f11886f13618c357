// IP addresses and networks, strict: no zones, no leading zeros, no IPv4 inside IPv6.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "lib/cel/value.h"

namespace weft::cel {

struct Ip : Object {
  std::array<std::uint8_t, 16> bytes{};  // IPv4 uses the first four
  bool is_v4 = false;

  friend bool operator==(const Ip& a, const Ip& b) {
    return a.is_v4 == b.is_v4 && a.bytes == b.bytes;
  }
};

struct Cidr : Object {
  Ip ip;
  int prefix = 0;  // bits

  friend bool operator==(const Cidr& a, const Cidr& b) {
    return a.ip == b.ip && a.prefix == b.prefix;
  }
};

std::optional<Ip> parse_ip(std::string_view text);
std::optional<Cidr> parse_cidr(std::string_view text);
std::string text_of(const Ip& ip);
std::string text_of(const Cidr& cidr);

}  // namespace weft::cel
