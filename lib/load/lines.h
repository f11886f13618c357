// What a worker sends its requests on, by index, whatever the protocol: HTTP/1.1 has a connection
// per line, HTTP/2 a stream, TCP and UDP a socket. With HTTP/1.1 everything is a direct call to the
// channel, after one look at the protocol.
#pragma once

#include <sys/epoll.h>

#include <optional>
#include <vector>

#include "lib/load/channel.h"
#include "lib/load/echo_channel.h"
#include "lib/load/http2_lanes.h"

namespace weft::load {

class Lines {
 public:
  // `grpc`: what is called over HTTP/2; null: it is no gRPC.
  Lines(Wire& wire, Protocol protocol, const GrpcMethod* grpc, std::size_t connections,
        unsigned streams)
      : wire_(wire), is_http1_(protocol == Protocol::http1) {
    if (protocol == Protocol::http2)
      http2_.emplace(wire, grpc, static_cast<unsigned>(connections), streams);
    else if (is_http1_)
      channels_.resize(connections);
    else
      for (std::size_t i = 0; i < connections; ++i) echoes_.emplace_back(protocol == Protocol::udp);
  }

  ChannelEvent open(std::uint32_t index) {
    if (is_http1_) return channels_[index].open(wire_, index);
    return http2_ ? http2_->open(index) : echoes_[index].open(wire_, index);
  }
  ChannelEvent send(std::uint32_t index) {
    if (is_http1_) return channels_[index].send(wire_);
    return http2_ ? http2_->send(index) : echoes_[index].send(wire_, wire_.message->bytes);
  }
  void close(std::uint32_t index) {
    if (is_http1_) return channels_[index].close(wire_);
    http2_ ? http2_->close(index) : echoes_[index].close(wire_);
  }
  // Of gRPC the grpc-status, of an echo 0.
  unsigned status(std::uint32_t index) const {
    if (is_http1_) return channels_[index].status();
    return http2_ ? http2_->status(index) : 0;
  }
  bool untouched(std::uint32_t index) const {
    if (is_http1_) return channels_[index].untouched();
    return http2_ ? http2_->untouched(index) : echoes_[index].untouched();
  }
  const Failure& failure(std::uint32_t index) const {
    if (is_http1_) return channels_[index].failure();
    return http2_ ? http2_->failure(index) : echoes_[index].failure();
  }
  bool can_reuse(std::uint32_t index) const {
    if (is_http1_) return channels_[index].can_reuse(wire_);
    return http2_ ? http2_->can_reuse(index) : echoes_[index].can_reuse(wire_);
  }
  bool barred(std::uint32_t index) const { return http2_ && http2_->barred(index); }

  // Tells `report(index, event)` what an epoll event has brought about.
  template <typename Report>
  void on_ready(const epoll_event& event, Report report) {
    if (http2_) {
      http2_->on_ready(event);
      return tell(report);
    }
    const auto index = static_cast<std::uint32_t>(event.data.u64);
    if (is_http1_)
      wake(channels_[index], index, event, report);
    else
      wake(echoes_[index], index, event, report);
  }

  // Sends what streams have been asked for since the last time.
  template <typename Report>
  void flush(Report report) {
    if (!http2_) return;
    http2_->flush();
    tell(report);
  }

  // Of the connections that are open; those of closed ones stand in the wire.
  std::uint64_t retransmits() const {
    std::uint64_t sum = http2_ ? http2_->retransmits() : 0;
    for (const Channel& channel : channels_) sum += channel.retransmits();
    for (const EchoChannel& echo : echoes_) sum += echo.retransmits();
    return sum;
  }

  Http2Lanes* http2() { return http2_ ? &*http2_ : nullptr; }

 private:
  template <typename Report>
  void tell(Report report) {
    while (const auto next = http2_->next_event()) report(next->lane, next->event);
  }

  template <typename Line, typename Report>
  void wake(Line& line, std::uint32_t index, const epoll_event& event, Report report) {
    if (line.tag(index) == event.data.u64) report(index, line.on_ready(wire_, event.events));
  }

  Wire& wire_;
  const bool is_http1_;
  std::vector<Channel> channels_;
  std::vector<EchoChannel> echoes_;
  std::optional<Http2Lanes> http2_;
};

}  // namespace weft::load
