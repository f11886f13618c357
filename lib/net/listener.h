// Listening sockets: non-blocking, closed on exec.
//
//   WEFT_TRY(listener, net::listen_tcp({"", 9091}));          // every interface, IPv6 and IPv4
//   const std::uint16_t port = net::local_port(listener.get());
#pragma once

#include <cstdint>
#include <string>

#include "lib/base/result.h"
#include "lib/net/fd.h"

namespace weft::net {

struct ListenAddress {
  std::string host;         // numeric address or "localhost"; empty: every interface
  std::uint16_t port = 0;   // 0: the kernel chooses
  bool share_port = false;  // SO_REUSEPORT: one socket per thread, the kernel spreads load
};

// Errors name the address; a port in use and one that needs privileges say what to do.
base::Result<Fd> listen_tcp(const ListenAddress& address);
base::Result<Fd> listen_udp(const ListenAddress& address);  // to receive datagrams
// Replaces a socket file that nobody listens on any more; any other file there is an error.
base::Result<Fd> listen_unix(const std::string& path);

std::uint16_t local_port(int fd);  // 0 for a unix socket

}  // namespace weft::net
