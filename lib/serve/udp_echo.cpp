#include "lib/serve/udp_echo.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "lib/serve/echo.h"
#include "lib/serve/echo_basic.h"
#include "lib/serve/istio_echo.h"
#include "lib/serve/shared.h"

namespace weft::serve {
namespace {

constexpr int kBatch = 64;  // before other clients get their turn

}  // namespace

void UdpEcho::ready(std::uint32_t) {
  std::array<char, 64 << 10> buffer;
  for (int i = 0; i < kBatch; ++i) {
    net::Address peer;
    peer.size = sizeof peer.storage;
    const ssize_t size = ::recvfrom(socket(), buffer.data(), buffer.size(), 0,
                                    reinterpret_cast<sockaddr*>(&peer.storage), &peer.size);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return;
    const std::string_view datagram(buffer.data(), static_cast<std::size_t>(size));
    metrics_.bytes_received.add(datagram.size());
    const bool same = shared_.options.dialect == Dialect::weft;
    const std::string made = same ? std::string() : answer(datagram, peer);
    const std::string_view out = same ? datagram : std::string_view(made);
    // What the socket does not take now is lost, as datagrams are.
    const ssize_t sent = ::sendto(socket(), out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                                  reinterpret_cast<const sockaddr*>(&peer.storage), peer.size);
    if (sent > 0) metrics_.bytes_sent.add(static_cast<std::size_t>(sent));
  }
}

std::string UdpEcho::answer(std::string_view datagram, const net::Address& peer) const {
  switch (shared_.options.dialect) {
    case Dialect::echo_basic:
      return echo_basic_datagram(datagram, shared_);
    case Dialect::istio:
      return istio_socket_lines(*listener_.port, host_text(peer), shared_);
    case Dialect::weft:
    case Dialect::learn_layer5:
      break;
  }
  return std::string(datagram);
}

}  // namespace weft::serve
