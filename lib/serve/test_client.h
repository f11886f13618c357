// A blocking HTTP client for the tests of this module.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/net/fd.h"

namespace weft::serve {

inline net::Fd connect_to(std::uint16_t port) {
  net::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{20, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fd.reset();
  return fd;
}

inline void send_text(const net::Fd& fd, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

// Until the peer closes; "<reset>" is appended when it did so by a reset.
inline std::string receive_all(const net::Fd& fd) {
  std::string out;
  char buffer[16384];
  for (;;) {
    const auto n = ::recv(fd.get(), buffer, sizeof buffer, 0);
    if (n == 0) return out;
    if (n < 0) return out + (errno == ECONNRESET ? "<reset>" : "<timeout>");
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

// Sends everything, closes the sending side, returns everything that comes back.
inline std::string exchange(std::uint16_t port, std::string_view text) {
  const net::Fd fd = connect_to(port);
  send_text(fd, text);
  ::shutdown(fd.get(), SHUT_WR);
  return receive_all(fd);
}

}  // namespace weft::serve
