#include "lib/net/url.h"

#include <algorithm>
#include <array>
#include <span>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::net {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::size_t kMaxUrl = 64 * 1024;
constexpr std::size_t kMaxHost = 253;  // RFC 1035, 2.3.4

constexpr std::array<std::string_view, 2> kWebSchemes = {"http", "https"};
constexpr std::array<std::string_view, 6> kTargetSchemes = {"http",  "https", "grpc",
                                                            "grpcs", "tcp",   "udp"};

// 0: there is none.
std::uint16_t default_port(std::string_view scheme) {
  if (scheme == "tcp" || scheme == "udp") return 0;
  return scheme.ends_with('s') ? 443 : 80;
}

Error bad_url(std::string_view text, std::string_view why, std::string remedy) {
  return {ExitCode::usage, fmt::format("\"{}\" is not a URL: {}", text.substr(0, 200), why),
          std::move(remedy)};
}

bool printable(char c) { return c > ' ' && c != '\x7f'; }

// Names, IPv4 addresses, and what people put into /etc/hosts (underscores).
bool host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

// Without the zone of a link-local address: nothing here could use it.
bool ipv6_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
         c == '.';
}

Result<std::uint16_t> parse_port(std::string_view url, std::string_view text) {
  const auto port = base::parse_uint(text);
  if (!port || *port == 0 || *port > 65535)
    return bad_url(url, fmt::format("\"{}\" is not a port", text), "a port is a number 1 to 65535");
  return static_cast<std::uint16_t>(*port);
}

Result<void> parse_authority(std::string_view text, std::string_view authority, Url& url) {
  if (authority.find('@') != std::string_view::npos)
    return bad_url(text, "it carries a user name or a password",
                   "send credentials as a header: -H 'Authorization: ...'");
  std::string_view host = authority;
  std::string_view after_host;
  const bool bracketed = authority.starts_with('[');
  if (bracketed) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos)
      return bad_url(text, "the bracket of the IPv6 address is not closed",
                     "write http://[::1]:8080/");
    host = authority.substr(1, end - 1);
    after_host = authority.substr(end + 1);
    if (!after_host.empty() && after_host[0] != ':')
      return bad_url(text, "text follows the IPv6 address", "write http://[::1]:8080/");
  } else if (const std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    after_host = authority.substr(colon);
    if (std::count(authority.begin(), authority.end(), ':') > 1)
      return bad_url(text, "an IPv6 address needs brackets", "write http://[::1]:8080/");
  }
  if (host.empty()) return bad_url(text, "the host is missing", "write http://HOST:PORT/PATH");
  if (host.size() > kMaxHost ||
      !std::all_of(host.begin(), host.end(), bracketed ? ipv6_character : host_character))
    return bad_url(text, "the host is not a name or an address", "write http://HOST:PORT/PATH");
  url.host = base::lower(host);
  url.port = default_port(url.scheme);
  if (after_host.size() > 1) {
    WEFT_TRY(port, parse_port(text, after_host.substr(1)));
    url.port = port;
  }
  return {};
}

Result<Url> parse_with(std::span<const std::string_view> schemes, std::string_view use,
                       std::string_view text) {
  if (text.empty()) return bad_url(text, "it is empty", "write http://HOST:PORT/PATH");
  if (text.size() > kMaxUrl) return bad_url(text, "it is longer than 64 KiB", "");
  if (!std::all_of(text.begin(), text.end(), printable))
    return bad_url(text, "it holds a space or a control character", "write a space as %20");

  Url url;
  std::string_view rest = text;
  if (const std::size_t mark = rest.find("://"); mark < rest.find_first_of("/?#")) {
    url.scheme = base::lower(rest.substr(0, mark));
    rest.remove_prefix(mark + 3);
  } else {
    url.scheme = "http";
  }
  if (std::ranges::find(schemes, url.scheme) == schemes.end())
    return bad_url(text, fmt::format("the scheme \"{}\" is not supported", url.scheme),
                   fmt::format("use {}", use));

  rest = rest.substr(0, rest.find('#'));
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  WEFT_CHECK(parse_authority(text, rest.substr(0, end), url));
  url.target = rest.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
  if (url.port == 0)
    return bad_url(text, "the port is missing", fmt::format("write {}://HOST:PORT", url.scheme));
  if (default_port(url.scheme) > 0) return url;
  if (url.target != "/")
    return bad_url(text, fmt::format("{} knows no paths", url.scheme), "leave out the path");
  url.target.clear();
  return url;
}

}  // namespace

std::string Url::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string out = v6 ? "[" + host + "]" : host;
  if (port != default_port(scheme)) out += fmt::format(":{}", port);
  return out;
}

std::string Url::text() const { return scheme + "://" + authority() + target; }

Result<Url> parse_url(std::string_view text) {
  return parse_with(kWebSchemes, "http:// or https://", text);
}

Result<Url> parse_target_url(std::string_view text) {
  return parse_with(kTargetSchemes, "http://, https://, grpc://, grpcs://, tcp:// or udp://", text);
}

}  // namespace weft::net
