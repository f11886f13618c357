#include <arpa/inet.h>

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/cel/address.h"
#include "lib/cel/function.h"

namespace weft::cel {
namespace {

int bits(const Ip& ip) { return ip.is_v4 ? 32 : 128; }

bool has_prefix(const Ip& ip, const Ip& network, int prefix) {
  if (ip.is_v4 != network.is_v4) return false;
  for (int bit = 0; bit < prefix; bit += 8) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int mask = prefix - bit >= 8 ? 0xff : 0xff & (0xff00 >> (prefix - bit));
    if (((ip.bytes[at] ^ network.bytes[at]) & mask) != 0) return false;
  }
  return true;
}

bool within(const Ip& ip, std::string_view network) {
  const auto cidr = parse_cidr(network);
  return cidr && has_prefix(ip, cidr->ip, cidr->prefix);
}

bool is_unspecified(const Ip& ip) { return ip == *parse_ip(ip.is_v4 ? "0.0.0.0" : "::"); }
bool is_loopback(const Ip& ip) { return within(ip, ip.is_v4 ? "127.0.0.0/8" : "::1/128"); }
bool is_multicast_link(const Ip& ip) {
  return ip.is_v4 ? within(ip, "224.0.0.0/24") : ip.bytes[0] == 0xff && (ip.bytes[1] & 0x0f) == 2;
}
bool is_unicast_link(const Ip& ip) { return within(ip, ip.is_v4 ? "169.254.0.0/16" : "fe80::/10"); }
bool is_global_unicast(const Ip& ip) {
  return !is_unspecified(ip) && !is_loopback(ip) && !is_unicast_link(ip) &&
         !within(ip, ip.is_v4 ? "224.0.0.0/4" : "ff00::/8") &&
         !(ip.is_v4 && within(ip, "255.255.255.255/32"));
}

template <bool (*test)(const Ip&)>
Value check(Context&, const Value* a) {
  return test(a->object<Ip>());
}

template <typename T>
Value object(Context& c, const T& value) {
  return static_cast<const Object*>(c.arena.keep(value));
}

Value is_ip(Context&, const Value* a) { return parse_ip(a->text()).has_value(); }
Value to_ip(Context& c, const Value* a) {
  if (const auto ip = parse_ip(a->text())) return object(c, *ip);
  return c.fail(fmt::format("\"{}\" is no IP address", a->text()));
}
Value is_canonical(Context& c, const Value* a) {
  const auto ip = parse_ip(a->text());
  if (!ip) return c.fail(fmt::format("\"{}\" is no IP address", a->text()));
  return text_of(*ip) == a->text();
}
Value family(Context&, const Value* a) { return std::int64_t{a->object<Ip>().is_v4 ? 4 : 6}; }

Value is_cidr(Context&, const Value* a) { return parse_cidr(a->text()).has_value(); }
Value to_cidr(Context& c, const Value* a) {
  if (const auto cidr = parse_cidr(a->text())) return object(c, *cidr);
  return c.fail(fmt::format("\"{}\" is no network in CIDR notation", a->text()));
}
Value cidr_ip(Context& c, const Value* a) { return object(c, a->object<Cidr>().ip); }
Value prefix_length(Context&, const Value* a) { return std::int64_t{a->object<Cidr>().prefix}; }

Value masked(Context& c, const Value* a) {
  Cidr cidr = a->object<Cidr>();
  for (int bit = 0; bit < bits(cidr.ip); ++bit)
    if (bit >= cidr.prefix)
      cidr.ip.bytes[static_cast<std::size_t>(bit / 8)] &=
          static_cast<std::uint8_t>(~(0x80 >> (bit % 8)));
  return object(c, cidr);
}

bool contains(const Cidr& outer, const Ip& ip, int prefix) {
  return prefix >= outer.prefix && has_prefix(ip, outer.ip, outer.prefix);
}
Value contains_ip(Context&, const Value* a) {
  const Ip& ip = a[1].object<Ip>();
  return contains(a[0].object<Cidr>(), ip, bits(ip));
}
Value contains_ip_text(Context& c, const Value* a) {
  const Value ip = to_ip(c, a + 1);
  if (ip.is_error()) return ip;
  return contains(a[0].object<Cidr>(), ip.object<Ip>(), bits(ip.object<Ip>()));
}
Value contains_cidr(Context&, const Value* a) {
  const Cidr& inner = a[1].object<Cidr>();
  return contains(a[0].object<Cidr>(), inner.ip, inner.prefix);
}
Value contains_cidr_text(Context& c, const Value* a) {
  const Value inner = to_cidr(c, a + 1);
  if (inner.is_error()) return inner;
  return contains(a[0].object<Cidr>(), inner.object<Cidr>().ip, inner.object<Cidr>().prefix);
}

constexpr Type kBool = Type::boolean;

constexpr Overload kFunctions[] = {
    {"ip", Style::global, "s", Type::ip, to_ip},
    {"isIP", Style::global, "s", kBool, is_ip},
    {"ip.isCanonical", Style::global, "s", kBool, is_canonical},
    {"family", Style::member, "I", Type::integer, family},
    {"isUnspecified", Style::member, "I", kBool, check<is_unspecified>},
    {"isLoopback", Style::member, "I", kBool, check<is_loopback>},
    {"isLinkLocalMulticast", Style::member, "I", kBool, check<is_multicast_link>},
    {"isLinkLocalUnicast", Style::member, "I", kBool, check<is_unicast_link>},
    {"isGlobalUnicast", Style::member, "I", kBool, check<is_global_unicast>},
    {"cidr", Style::global, "s", Type::cidr, to_cidr},
    {"isCIDR", Style::global, "s", kBool, is_cidr},
    {"ip", Style::member, "C", Type::ip, cidr_ip},
    {"prefixLength", Style::member, "C", Type::integer, prefix_length},
    {"masked", Style::member, "C", Type::cidr, masked},
    {"containsIP", Style::member, "CI", kBool, contains_ip},
    {"containsIP", Style::member, "Cs", kBool, contains_ip_text},
    {"containsCIDR", Style::member, "CC", kBool, contains_cidr},
    {"containsCIDR", Style::member, "Cs", kBool, contains_cidr_text},
};

}  // namespace

std::optional<Ip> parse_ip(std::string_view text) {
  constexpr std::size_t kLongest = 45;
  if (text.empty() || text.size() > kLongest) return std::nullopt;
  const std::string terminated(text);
  Ip ip{{Type::ip}};
  ip.is_v4 = text.find(':') == std::string_view::npos;
  if (inet_pton(ip.is_v4 ? AF_INET : AF_INET6, terminated.c_str(), ip.bytes.data()) != 1)
    return std::nullopt;
  constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!ip.is_v4 && std::equal(kMapped.begin(), kMapped.end(), ip.bytes.begin()))
    return std::nullopt;
  return ip;
}

std::optional<Cidr> parse_cidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto ip = parse_ip(text.substr(0, slash));
  const std::string_view length = text.substr(slash + 1);
  const auto prefix = base::parse_uint(length);
  if (!ip || !prefix || *prefix > static_cast<std::uint64_t>(bits(*ip)) ||
      (length.size() > 1 && length[0] == '0'))
    return std::nullopt;
  return Cidr{{Type::cidr}, *ip, static_cast<int>(*prefix)};
}

std::string text_of(const Ip& ip) {
  char buffer[INET6_ADDRSTRLEN] = {};
  inet_ntop(ip.is_v4 ? AF_INET : AF_INET6, ip.bytes.data(), buffer, sizeof buffer);
  return buffer;
}

std::string text_of(const Cidr& cidr) {
  return fmt::format("{}/{}", text_of(cidr.ip), cidr.prefix);
}

std::span<const Overload> address_functions() { return kFunctions; }

}  // namespace weft::cel
