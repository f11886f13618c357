// A socket that clients come to, as those who serve them see it.
#pragma once

#include <cstdint>
#include <memory>

#include "lib/net/fd.h"
#include "lib/net/tls.h"

namespace weft::serve {

enum class Protocol : std::uint8_t {
  http,     // HTTP/1.1 and HTTP/2, whichever the client begins with
  h2c,      // HTTP/2 at once, nothing else
  tcp,      // bytes, or lines: see tcp_talk.h
  udp,      // a datagram for each datagram
  journal,  // of the service itself, see journal.h
};

struct Port {
  Protocol protocol = Protocol::http;
  std::uint16_t number = 0;                    // 0 on a unix socket
  std::shared_ptr<const net::TlsContext> tls;  // null: plain
  bool server_first = false;                   // of TCP: the service speaks before the client
};

struct Listener {
  net::Fd fd;
  const Port* port = nullptr;
};

}  // namespace weft::serve
