// A socket that answers every datagram with one: the same bytes, or what the dialect says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/net/loop.h"
#include "lib/net/resolve.h"
#include "lib/serve/metrics.h"
#include "lib/serve/port.h"

namespace weft::serve {

struct Shared;

class UdpEcho final : public net::Watcher {
 public:
  UdpEcho(Shared& shared, Metrics& metrics, Listener listener)
      : shared_(shared), metrics_(metrics), listener_(std::move(listener)) {}

  void ready(std::uint32_t epoll_events) override;  // answers what has come
  int socket() const { return listener_.fd.get(); }

 private:
  std::string answer(std::string_view datagram, const net::Address& peer) const;

  Shared& shared_;
  Metrics& metrics_;
  Listener listener_;
};

}  // namespace weft::serve
