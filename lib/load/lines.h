// What a worker sends its requests on, by index, whatever the protocol: HTTP/1.1 has a connection
// per line, HTTP/2 a stream. With HTTP/1.1 everything is a direct call to the channel.
#pragma once

#include <sys/epoll.h>

#include <optional>
#include <vector>

#include "lib/load/channel.h"
#include "lib/load/http2_lanes.h"

namespace weft::load {

class Lines {
 public:
  Lines(Wire& wire, Protocol protocol, std::size_t connections, unsigned streams) : wire_(wire) {
    if (protocol == Protocol::http2)
      http2_.emplace(wire, static_cast<unsigned>(connections), streams);
    else
      channels_.resize(connections);
  }

  ChannelEvent open(std::uint32_t index) {
    return http2_ ? http2_->open(index) : channels_[index].open(wire_, index);
  }
  ChannelEvent send(std::uint32_t index) {
    return http2_ ? http2_->send(index) : channels_[index].send(wire_);
  }
  void close(std::uint32_t index) { http2_ ? http2_->close(index) : channels_[index].close(); }
  unsigned status(std::uint32_t index) const {
    return http2_ ? http2_->status(index) : channels_[index].status();
  }
  bool untouched(std::uint32_t index) const {
    return http2_ ? http2_->untouched(index) : channels_[index].untouched();
  }
  const Failure& failure(std::uint32_t index) const {
    return http2_ ? http2_->failure(index) : channels_[index].failure();
  }
  bool can_reuse(std::uint32_t index) const {
    return http2_ ? http2_->can_reuse(index) : channels_[index].can_reuse(wire_);
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
    Channel& channel = channels_[index];
    if (channel.tag(index) == event.data.u64) report(index, channel.on_ready(wire_, event.events));
  }

  // Sends what streams have been asked for since the last time.
  template <typename Report>
  void flush(Report report) {
    if (!http2_) return;
    http2_->flush();
    tell(report);
  }

  const Http2Lanes* http2() const { return http2_ ? &*http2_ : nullptr; }

 private:
  template <typename Report>
  void tell(Report report) {
    while (const auto next = http2_->next_event()) report(next->lane, next->event);
  }

  Wire& wire_;
  std::vector<Channel> channels_;
  std::optional<Http2Lanes> http2_;
};

}  // namespace weft::load
