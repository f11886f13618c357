#include "lib/net/connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>

namespace weft::net {

Dial dial(const Address& address, const Address* from) {
  Dial result;
  result.fd.reset(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!result.fd) {
    result.error = errno;
    return result;
  }
  if (address.family() != AF_UNIX) {
    const int on = 1;
    ::setsockopt(result.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  if (from != nullptr) {
    // The port is chosen when the peer is known: one is enough for many connections.
    const int on = 1;
    ::setsockopt(result.fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (::bind(result.fd.get(), reinterpret_cast<const sockaddr*>(&from->storage), from->size) !=
        0) {
      result.error = errno;
      return result;
    }
  }
  const auto* to = reinterpret_cast<const sockaddr*>(&address.storage);
  if (::connect(result.fd.get(), to, address.size) != 0) result.error = errno;
  return result;
}

std::string_view socket_outcome(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "refused";
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
      return "unreachable";
    case ETIMEDOUT:
      return "timeout";
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
    case EADDRNOTAVAIL:
      return "resources";
    default:
      return "reset";
  }
}

int connect_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

void close_for_good(Fd& fd) {
  char byte = 0;
  const bool peer_closed = ::recv(fd.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  if (!peer_closed) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  fd.reset();
}

}  // namespace weft::net
