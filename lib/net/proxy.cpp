#include "lib/net/proxy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::net {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::uint16_t kHttpPort = 80, kSocksPort = 1080;
constexpr std::size_t kMaxCredential = 255;  // RFC 1929, 2

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a' + 10);
  return std::nullopt;
}

// RFC 3986, 2.1; absent where a % is followed by anything but two digits.
std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (!high || !low) return std::nullopt;
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return out;
}

struct Ip {
  int family = AF_UNSPEC;
  std::array<unsigned char, 16> bytes{};
};

std::optional<Ip> parse_ip(std::string_view text) {
  const std::string host(text);
  Ip ip;
  for (const int family : {AF_INET, AF_INET6}) {
    ip.family = family;
    if (::inet_pton(family, host.c_str(), ip.bytes.data()) == 1) return ip;
  }
  return std::nullopt;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  const auto ip = parse_ip(host);
  if (!ip) return false;
  static constexpr std::array<unsigned char, 16> kLoopback{0, 0, 0, 0, 0, 0, 0, 0,
                                                           0, 0, 0, 0, 0, 0, 0, 1};
  return ip->family == AF_INET ? ip->bytes[0] == 127 : ip->bytes == kLoopback;
}

bool in_network(const Ip& ip, std::string_view network, std::string_view prefix) {
  const auto base_ip = parse_ip(network);
  const auto bits = base::parse_uint(prefix);
  if (!base_ip || base_ip->family != ip.family || !bits) return false;
  if (*bits > (ip.family == AF_INET ? 32u : 128u)) return false;
  for (std::size_t bit = 0; bit < *bits; ++bit) {
    const auto mask = static_cast<unsigned char>(0x80u >> (bit % 8));
    if (((ip.bytes[bit / 8] ^ base_ip->bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

bool covers(std::string_view entry, std::string_view host, std::uint16_t port) {
  if (entry == "*") return true;
  if (const auto slash = entry.find('/'); slash != std::string_view::npos) {
    const auto ip = parse_ip(host);
    return ip && in_network(*ip, entry.substr(0, slash), entry.substr(slash + 1));
  }
  const auto colon = entry.rfind(':');
  const bool has_port =
      colon != std::string_view::npos &&
      (entry.starts_with('[') ? entry[colon - 1] == ']' : entry.find(':') == colon);
  if (has_port) {
    if (base::parse_uint(entry.substr(colon + 1)) != port) return false;
    entry = entry.substr(0, colon);
  }
  if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  if (entry.starts_with("*.")) entry.remove_prefix(2);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty()) return false;
  if (base::equal_ignoring_case(entry, host)) return true;
  return !parse_ip(host) && host.size() > entry.size() &&
         host[host.size() - entry.size() - 1] == '.' &&
         base::equal_ignoring_case(entry, host.substr(host.size() - entry.size()));
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

std::string Proxy::text() const {
  return fmt::format("{}://{}:{}", kind == Kind::http ? "http" : "socks5", bracketed(host), port);
}

std::string Proxy::basic_authorization() const {
  return user.empty() ? "" : "Basic " + base::base64_encode(user + ":" + password);
}

Result<Proxy> parse_proxy(std::string_view text) {
  const auto bad = [](std::string_view why) {
    return Error{ExitCode::usage, fmt::format("the proxy is not usable: {}", why),
                 "write http://HOST:PORT or socks5://USER:PASSWORD@HOST:PORT"};
  };
  Proxy proxy;
  std::string_view rest = text;
  if (const auto mark = rest.find("://"); mark != std::string_view::npos) {
    const std::string scheme = base::lower(rest.substr(0, mark));
    rest.remove_prefix(mark + 3);
    if (scheme == "socks5" || scheme == "socks5h")
      proxy.kind = Proxy::Kind::socks5;
    else if (scheme == "https")
      return bad("TLS to a proxy is not supported");
    else if (scheme != "http")
      return bad("its scheme is neither http nor socks5");
  }
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view credentials = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    const auto colon = credentials.find(':');
    const auto user = percent_decode(credentials.substr(0, colon));
    const auto password = percent_decode(
        colon == std::string_view::npos ? std::string_view() : credentials.substr(colon + 1));
    if (!user || !password) return bad("a % of its credentials is not followed by two hex digits");
    if (user->empty() || user->size() > kMaxCredential || password->size() > kMaxCredential)
      return bad("user name and password have 1 to 255 bytes");
    proxy.user = *user;
    proxy.password = *password;
  }
  // Host and port are written as in a URL.
  const auto url = parse_url("http://" + std::string(rest));
  if (!url.ok()) return bad(url.error().message.substr(url.error().message.rfind(": ") + 2));
  if (url->target != "/") return bad("it has a path");
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const bool has_port = authority.find(':', authority.rfind(']') + 1) != std::string_view::npos;
  proxy.host = url->host;
  proxy.port = has_port || proxy.kind == Proxy::Kind::http ? url->port : kSocksPort;
  return proxy;
}

bool bypasses_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port) {
  return std::ranges::any_of(base::split(no_proxy, ','), [&](std::string_view entry) {
    entry = base::trim(entry);
    return !entry.empty() && covers(entry, host, port);
  });
}

Result<std::optional<Proxy>> proxy_from(const base::Environment& environment, const Url& url) {
  const auto look_up = [&](std::string_view name) {
    auto value = environment.get_or(name, "");
    return value.empty() ? environment.get_or(upper(name), "") : value;
  };
  if (is_loopback(url.host) || bypasses_proxy(look_up("no_proxy"), url.host, url.port))
    return std::optional<Proxy>();
  for (const std::string& name : {url.scheme + "_proxy", std::string("all_proxy")}) {
    const std::string value = look_up(name);
    if (value.empty()) continue;
    auto proxy = parse_proxy(value);
    if (!proxy.ok())
      return Error{ExitCode::usage, fmt::format("{} ({})", proxy.error().message, name),
                   proxy.error().remedy + ", or go without one: --proxy none"};
    return std::optional(*std::move(proxy));
  }
  return std::optional<Proxy>();
}

std::string proxy_fault_text(ProxyFault fault) {
  static constexpr std::array<std::string_view, 9> kReplies = {
      // RFC 1928, 6
      "",
      "general failure",
      "not allowed",
      "network unreachable",
      "host unreachable",
      "connection refused",
      "time to live exceeded",
      "it does not know this command",
      "it does not know this kind of address"};
  switch (fault.failure) {
    case ProxyFailure::none:
      return "";
    case ProxyFailure::not_http:
      return "the proxy does not answer in HTTP";
    case ProxyFailure::not_socks:
      return "the proxy does not speak SOCKS5";
    case ProxyFailure::wants_credentials:
      return "the proxy asks for a user name and a password";
    case ProxyFailure::refused_credentials:
      return "the proxy does not accept the user name and password";
    case ProxyFailure::refused:
      break;
  }
  return fault.code < kReplies.size()
             ? fmt::format("the proxy did not connect to the target: {}", kReplies[fault.code])
             : fmt::format("the proxy did not connect to the target ({})", fault.code);
}

}  // namespace weft::net
