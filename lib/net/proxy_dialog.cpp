// What is said to a proxy before it passes on what comes: HTTP CONNECT (RFC 9110, 9.3.6), SOCKS5
// (RFC 1928) with user name and password (RFC 1929).
#include <arpa/inet.h>

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/net/proxy.h"

namespace weft::net {
namespace {

constexpr std::size_t kMaxHead = 16 << 10;
constexpr unsigned kProxyAuthenticationRequired = 407;
constexpr char kVersion = 5, kNoLogin = 0, kLogin = 2, kConnect = 1;

unsigned char byte(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

std::string connect_request(const Proxy& proxy, std::string_view host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string_view::npos;
  const std::string target =
      v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
  std::string out = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", target);
  if (const std::string authorization = proxy.basic_authorization(); !authorization.empty())
    out += fmt::format("Proxy-Authorization: {}\r\n", authorization);
  return out + "\r\n";
}

}  // namespace

ProxyDialog::ProxyDialog(const Proxy& proxy, std::string_view host, std::uint16_t port)
    : step_(proxy.kind == Proxy::Kind::http ? Step::connect : Step::method),
      host_(host),
      port_(port),
      user_(proxy.user),
      password_(proxy.password) {
  if (step_ == Step::connect)
    output_ = connect_request(proxy, host, port);
  else if (user_.empty())
    output_ = {kVersion, 1, kNoLogin};
  else
    output_ = {kVersion, 2, kNoLogin, kLogin};
}

std::size_t ProxyDialog::feed(std::string_view bytes) {
  std::size_t used = 0;
  for (bool more = true; more && step_ != Step::open && !fault_;) {
    const std::string_view rest = bytes.substr(used);
    const std::size_t step = step_ == Step::connect ? feed_http(rest) : feed_socks(rest);
    used += step;
    more = step > 0;
  }
  return used;
}

std::size_t ProxyDialog::feed_http(std::string_view bytes) {
  constexpr std::string_view kStart = "HTTP/1.";
  const std::size_t known = std::min(bytes.size(), kStart.size());
  if (bytes.substr(0, known) != kStart.substr(0, known)) return fail(ProxyFailure::not_http);
  const std::size_t end = bytes.find("\r\n\r\n");
  if (std::min(end, bytes.size()) > kMaxHead) return fail(ProxyFailure::not_http);
  if (end == std::string_view::npos) return 0;
  const auto status = base::parse_uint(bytes.substr(std::min<std::size_t>(9, end), 3));
  if (!status || *status < 100 || *status > 599) return fail(ProxyFailure::not_http);
  if (*status == kProxyAuthenticationRequired)
    return fail(user_.empty() ? ProxyFailure::wants_credentials
                              : ProxyFailure::refused_credentials);
  if (*status >= 300) return fail(ProxyFailure::refused, static_cast<unsigned>(*status));
  if (*status >= 200) step_ = Step::open;
  return end + 4;
}

std::size_t ProxyDialog::feed_socks(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const char version = step_ == Step::login ? 1 : kVersion;
  if (bytes[0] != version) return fail(ProxyFailure::not_socks);
  if (step_ == Step::reply) {
    if (bytes.size() < 5) return 0;
    if (byte(bytes, 1) != 0) return fail(ProxyFailure::refused, byte(bytes, 1));
    const unsigned kind = byte(bytes, 3);
    const std::size_t address = kind == 1   ? 4
                                : kind == 4 ? 16
                                : kind == 3 ? byte(bytes, 4) + 1u
                                            : 0;
    if (address == 0) return fail(ProxyFailure::not_socks);
    const std::size_t size = 4 + address + 2;
    if (bytes.size() < size) return 0;
    step_ = Step::open;
    return size;
  }
  if (bytes.size() < 2) return 0;
  if (step_ == Step::login) {
    if (bytes[1] != 0) return fail(ProxyFailure::refused_credentials);
    ask_socks();
  } else if (bytes[1] == kNoLogin) {
    ask_socks();
  } else if (bytes[1] == kLogin && !user_.empty()) {
    output_ = "\x01";
    for (const std::string& part : {user_, password_}) {
      output_ += static_cast<char>(part.size());
      output_ += part;
    }
    step_ = Step::login;
  } else {
    return fail(user_.empty() ? ProxyFailure::wants_credentials
                              : ProxyFailure::refused_credentials);
  }
  return 2;
}

// The proxy resolves names; an address is sent as what it is.
void ProxyDialog::ask_socks() {
  step_ = Step::reply;
  output_ = {kVersion, kConnect, 0};
  char address[16];
  if (::inet_pton(AF_INET, host_.c_str(), address) == 1) {
    output_ += '\x01';
    output_.append(address, 4);
  } else if (::inet_pton(AF_INET6, host_.c_str(), address) == 1) {
    output_ += '\x04';
    output_.append(address, 16);
  } else {
    output_ += '\x03';
    output_ += static_cast<char>(host_.size());
    output_ += host_;
  }
  output_ += static_cast<char>(port_ >> 8);
  output_ += static_cast<char>(port_ & 0xff);
}

std::size_t ProxyDialog::fail(ProxyFailure failure, unsigned code) {
  fault_ = {failure, static_cast<std::uint16_t>(code)};
  return 0;
}

}  // namespace weft::net
