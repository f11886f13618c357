// Proxies between a client and its target: which one to use, and what is said to it.
//
//   WEFT_TRY(proxy, net::parse_proxy("socks5://user:secret@10.0.0.1:1080"));
//   net::ProxyDialog dialog(proxy, "shop.example", 443);      // HTTP CONNECT, or SOCKS5 (RFC 1928)
//   send(dialog.output()), dialog.sent(n), dialog.feed(bytes) ... until open() or fault()
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/environment.h"
#include "lib/base/result.h"
#include "lib/net/url.h"

namespace weft::net {

struct Proxy {
  enum class Kind { http, socks5 };
  Kind kind = Kind::http;
  std::string host;  // without brackets for IPv6
  std::uint16_t port = 0;
  std::string user, password;  // empty: none

  std::string text() const;                 // "http://10.0.0.1:3128", without the credentials
  std::string basic_authorization() const;  // "Basic dXNlcjpzZWNyZXQ=", empty without credentials
};

// [http://|socks5://|socks5h://][USER:PASSWORD@]HOST[:PORT]; the names are resolved by the proxy
// in either kind of SOCKS5. Usage error for anything else; it does not repeat the password.
base::Result<Proxy> parse_proxy(std::string_view text);

// True when an entry of NO_PROXY covers the host: a name covers itself and what is below it, a
// network in CIDR notation its addresses, * everything; a port restricts an entry.
bool bypasses_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port);

// What http_proxy, https_proxy, all_proxy and no_proxy, in small or capital letters, say of a URL.
// This machine itself is never reached through a proxy.
base::Result<std::optional<Proxy>> proxy_from(const base::Environment& environment, const Url& url);

enum class ProxyFailure : std::uint8_t {
  none,
  not_http,
  not_socks,
  wants_credentials,
  refused_credentials,
  refused  // to connect to the target; the code says why
};

struct ProxyFault {
  ProxyFailure failure = ProxyFailure::none;
  std::uint16_t code = 0;  // status of HTTP, or reply of SOCKS5
  explicit operator bool() const { return failure != ProxyFailure::none; }
};
std::string proxy_fault_text(ProxyFault fault);  // "the proxy refused the target (403)"

class ProxyDialog {
 public:
  ProxyDialog(const Proxy& proxy, std::string_view host, std::uint16_t port);

  std::string_view output() const { return output_; }  // to be sent now
  void sent(std::size_t bytes) { output_.erase(0, bytes); }
  // Takes what the proxy says, never a byte of the target after it: how many were taken. Of an
  // unfinished message none may be taken; it is to be given again with more.
  std::size_t feed(std::string_view bytes);

  bool open() const { return step_ == Step::open; }  // what follows is the target's
  ProxyFault fault() const { return fault_; }

 private:
  enum class Step { connect, method, login, reply, open };

  std::size_t feed_http(std::string_view bytes);
  std::size_t feed_socks(std::string_view bytes);
  void ask_socks();
  std::size_t fail(ProxyFailure failure, unsigned code = 0);

  Step step_;
  std::string host_;
  std::uint16_t port_;
  std::string user_, password_;
  std::string output_;
  ProxyFault fault_;
};

}  // namespace weft::net
