#include "lib/load/http2_connection.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lib/base/format.h"
#include "lib/grpc/status.h"

namespace weft::load {
namespace {

constexpr std::size_t kOutput = 64 << 10;  // put together before it is sent
constexpr int kReadsPerTurn = 16;          // then the other connections have a turn

}  // namespace

ChannelEvent Http2Lanes::Connection::after(Link::Event event) {
  switch (event) {
    case Link::Event::nothing:
      return ChannelEvent::nothing;
    case Link::Event::connected:
      return ChannelEvent::linked;
    case Link::Event::failed:
      return ChannelEvent::failed;
    case Link::Event::ready:
      break;
  }
  session_ = std::make_unique<net::Http2Session>(*this, net::Http2Options{});
  mark();
  return link_.stream().tls ? ChannelEvent::secured : ChannelEvent::linked;
}

void Http2Lanes::Connection::on_ready(std::uint32_t events) {
  if (!link_.ready()) return advance(events);
  link_.awaken();
  if ((events & EPOLLOUT) != 0) {
    blocked_ = false;
    mark();
  }
  receive(events);
}

void Http2Lanes::Connection::advance(std::uint32_t events) {
  const ChannelEvent event = after(link_.advance(owner_.wire_, events));
  if (event == ChannelEvent::failed) return fail(link_.failure());
  if (event != ChannelEvent::nothing && !waiting.empty()) owner_.report(waiting.front(), event);
}

// As Channel::receive.
void Http2Lanes::Connection::receive(std::uint32_t events) {
  const bool ends = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if ((events & EPOLLIN) == 0 && !ends && !link_.buffered()) return;
  Wire& wire = owner_.wire_;
  const bool one_is_enough = !ends && link_.emptied_by_short_read();
  for (int reads = 0; reads < kReadsPerTurn; ++reads) {
    const ssize_t n = link_.stream().read(wire.buffer.data(), wire.buffer.size());
    if (n > 0) {
      const auto size = static_cast<std::size_t>(n);
      wire.bytes_received += size;
      pinged_ = false;
      mark();
      const bool good = session_->receive({wire.buffer.data(), size});
      if (dead) return;
      if (!good) {
        flush();  // tells the peer what it did wrong
        return dead ? void() : fail(failure_of_http2(session_->fault()));
      }
      if (!session_->may_request()) flush();  // the end of it may be there
      if (dead || (size < wire.buffer.size() && one_is_enough)) return;
    } else if (n == 0) {
      return fail(session_->fault() ? failure_of_http2(session_->fault())
                                    : Failure{.error = ErrorClass::closed});
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      return fail(link_.failure_of(errno));
    }
  }
  if (!link_.rearm(wire)) fail(failure_of_errno(errno));
}

void Http2Lanes::Connection::request(Lane& lane) {
  lane.body_sent = 0;
  lane.touched = lane.whole = false;
  lane.status = 0;
  lane.request = owner_.wire_.message->http2;
  if (lane.call != nullptr) lane.call->begin();
  lane.stream = session_->request(lane.request->fields, !lane.request->body.empty(), &lane);
  if (lane.stream != 0) ++streams_;
  mark();
}

// A stream that is not answered may be the fault of the connection: two in a row without a byte
// from the peer in between, not even the answer to a ping, and it is replaced.
void Http2Lanes::Connection::end(Lane& lane) {
  session_->reset(lane.stream, net::kHttp2Cancel);
  lane.stream = 0;
  --streams_;
  mark();
  if (pinged_) return owner_.retire(*this);
  pinged_ = true;
  session_->ping();
}

void Http2Lanes::Connection::flush() {
  if (!dirty_) return;
  dirty_ = false;
  if (session_ == nullptr || blocked_ || dead) return;
  for (;;) {
    if (!session_->take_output(out_, kOutput)) return fail(failure_of_http2(session_->fault()));
    if (sent_ == out_.size()) break;
    const ssize_t n = link_.stream().write(out_.data() + sent_, out_.size() - sent_);
    if (n >= 0) {
      sent_ += static_cast<std::size_t>(n);
      owner_.wire_.bytes_sent += static_cast<std::size_t>(n);
      if (sent_ < out_.size()) continue;
      out_.clear();
      sent_ = 0;
    } else if (errno == EAGAIN) {
      blocked_ = true;
      if (!link_.rearm(owner_.wire_)) fail(failure_of_errno(errno));
      return;
    } else if (errno != EINTR) {
      return fail(link_.failure_of(errno));
    }
  }
  if (session_->is_over()) fail(failure_of_http2(session_->fault()));
}

void Http2Lanes::Connection::on_field(net::Http2Tag tag, std::string_view name,
                                      std::string_view value) {
  Lane& lane = *static_cast<Lane*>(tag);
  lane.touched = true;
  if (lane.call != nullptr) return lane.call->field(name, value);
  if (name != ":status" || value.size() != 3) return;
  unsigned status = 0;
  for (const char c : value) status = status * 10 + static_cast<unsigned>(c - '0');
  lane.status = static_cast<std::uint16_t>(std::min(status, 599u));
}

void Http2Lanes::Connection::on_data(net::Http2Tag tag, std::string_view bytes) {
  Lane& lane = *static_cast<Lane*>(tag);
  lane.touched = true;
  if (lane.call == nullptr) return;
  switch (lane.call->receive(bytes, *owner_.grpc_, owner_.counts_.grpc)) {
    case GrpcExchange::Next::wait:
      return;
    case GrpcExchange::Next::send:
      return session_->resume(lane.stream);
    case GrpcExchange::Next::enough:
      return leave(lane);
  }
}

// The answer to a call may be whole before the request is: the rest of that is of no use.
void Http2Lanes::Connection::on_whole(net::Http2Tag tag) {
  Lane& lane = *static_cast<Lane*>(tag);
  lane.whole = true;
  if (lane.call != nullptr && !lane.call->has_sent_all(*owner_.grpc_, lane.request->body))
    leave(lane);
}

// Ends the stream of a call of which nothing more is wanted.
void Http2Lanes::Connection::leave(Lane& lane) {
  session_->reset(lane.stream, net::kHttp2Cancel);
  lane.stream = 0;
  --streams_;
  conclude(lane);
}

// What the answer that has come to its end amounts to.
void Http2Lanes::Connection::conclude(Lane& lane) {
  if (lane.call == nullptr) return owner_.report(index(lane), ChannelEvent::answered);
  if (const auto fault = lane.call->end(*owner_.grpc_); fault != grpc::AnswerFault::none) {
    lane.failure = failure_of_grpc(fault);
    return owner_.report(index(lane), ChannelEvent::failed);
  }
  const grpc::StatusCode code = lane.call->status();
  lane.status = static_cast<std::uint16_t>(code);
  if (code != grpc::StatusCode::ok && owner_.refusal_.empty())
    owner_.refusal_ = fmt::format("{}: {}", grpc::status_name(code), lane.call->status_message());
  owner_.report(index(lane), ChannelEvent::answered);
}

void Http2Lanes::Connection::on_over(net::Http2Tag tag, net::Http2Fault fault) {
  Lane& lane = *static_cast<Lane*>(tag);
  --streams_;
  lane.stream = 0;
  if (fault.failure == net::Http2Failure::reset && !lane.whole)
    ++owner_.counts_.resets[std::min<std::size_t>(fault.code, net::kHttp2Codes)];
  if (lane.whole) return conclude(lane);
  lane.failure = fault ? failure_of_http2(fault) : Failure{.error = ErrorClass::short_body};
  owner_.report(index(lane), ChannelEvent::failed);
}

void Http2Lanes::Connection::on_settings() {
  if (up_) return;
  up_ = true;
  for (const std::uint32_t lane : waiting) owner_.report(lane, ChannelEvent::joined);
  waiting.clear();
}

void Http2Lanes::Connection::on_goaway(std::uint32_t) {
  ++owner_.counts_.goaways;
  owner_.retire(*this);
}

net::Http2Handler::BodyPart Http2Lanes::Connection::next_body(net::Http2Tag tag, char* out,
                                                              std::size_t room) {
  Lane& lane = *static_cast<Lane*>(tag);
  const std::string& body = lane.request->body;
  if (lane.call != nullptr)
    return lane.call->next_body(*owner_.grpc_, body, out, room, owner_.counts_.grpc);
  const std::size_t size = std::min(room, body.size() - lane.body_sent);
  std::memcpy(out, body.data() + lane.body_sent, size);
  lane.body_sent += size;
  return {.size = size, .end = lane.body_sent == body.size()};
}

}  // namespace weft::load
