// One connection of Http2Lanes and its streams. A lane is the tag of its stream.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/load/http2_lanes.h"
#include "lib/load/link.h"
#include "lib/net/http2.h"

namespace weft::load {

class Http2Lanes::Connection final : public net::Http2Handler {
 public:
  Connection(Http2Lanes& owner, std::uint32_t group, std::uint32_t slot)
      : owner_(owner), group_(group), slot_(slot), link_(owner.generation_ += kGenerations) {}

  ChannelEvent open() { return after(link_.open(owner_.wire_, slot_)); }
  bool owns(const epoll_event& event) const { return link_.tag(slot_) == event.data.u64; }
  void on_ready(std::uint32_t events);
  void request(Lane& lane);
  void end(Lane& lane);  // resets its stream
  void flush();          // if there may be something to send
  void close() { link_.close(owner_.wire_); }
  std::uint64_t retransmits() const { return link_.retransmits(); }

  const Failure& link_failure() const { return link_.failure(); }
  bool is_up() const { return up_; }
  bool takes_requests() const { return up_ && !retired && session_->may_request(); }
  std::uint32_t max_streams() const { return session_->peer_max_streams(); }
  bool is_idle() const { return streams_ == 0; }

  std::uint32_t group() const { return group_; }
  std::uint32_t slot() const { return slot_; }
  std::vector<std::uint32_t> waiting;  // lanes, until it is up; the first has opened it
  bool retired = false;                // has a successor, or will have
  bool dead = false;

 private:
  static constexpr std::uint32_t kGenerations = 1 << 10;  // that one link may go through

  ChannelEvent after(Link::Event event);
  void advance(std::uint32_t events);
  void receive(std::uint32_t events);
  void mark() {
    if (!dirty_) owner_.dirty_.push_back(slot_);
    dirty_ = true;
  }
  void fail(Failure failure) { owner_.lose(*this, failure); }
  std::uint32_t index(const Lane& lane) const {
    return static_cast<std::uint32_t>(&lane - owner_.lanes_.data());
  }

  void leave(Lane& lane);
  void conclude(Lane& lane);

  void on_field(net::Http2Tag tag, std::string_view name, std::string_view value) override;
  void on_data(net::Http2Tag tag, std::string_view bytes) override;
  void on_whole(net::Http2Tag tag) override;
  void on_over(net::Http2Tag tag, net::Http2Fault fault) override;
  void on_settings() override;
  void on_goaway(std::uint32_t code) override;
  BodyPart next_body(net::Http2Tag tag, char* out, std::size_t room) override;

  Http2Lanes& owner_;
  std::uint32_t group_, slot_;
  Link link_;
  std::unique_ptr<net::Http2Session> session_;
  bool up_ = false;     // the peer's settings are known
  bool dirty_ = false;  // there may be something to send
  bool blocked_ = false;
  bool pinged_ = false;  // and nothing has come since
  std::uint32_t streams_ = 0;
  std::string out_;
  std::size_t sent_ = 0;
};

}  // namespace weft::load
