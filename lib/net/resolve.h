// Host names to socket addresses, with a deadline: a resolver that hangs cannot hang the program.
//
//   WEFT_TRY(addresses, net::resolve("example.com", 80, 5s));
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/result.h"

namespace weft::net {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  int family() const { return storage.ss_family; }
  std::string text() const;  // "127.0.0.1:80", "[::1]:80", "/run/app.sock"
};

// An IPv4 or IPv6 address as text, without brackets; input error for anything else.
base::Result<Address> parse_address(std::string_view host, std::uint16_t port);
// "/run/app.sock", or "@name" for the abstract namespace; input error when it is too long.
base::Result<Address> unix_address(std::string_view path);

// In the order to try them, at least one. Addresses as text and "localhost" (RFC 6761: always
// loopback) need no resolver. Errors: input when the name has no address, timeout when the
// resolver has not answered within `limit`.
base::Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port,
                                           base::Nanoseconds limit);

}  // namespace weft::net
