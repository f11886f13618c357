#include "lib/load/http2_lanes.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lib/base/format.h"
#include "lib/grpc/status.h"

namespace weft::load {
namespace {

constexpr std::size_t kOutput = 64 << 10;        // put together before it is sent
constexpr int kReadsPerTurn = 16;                // then the other connections have a turn
constexpr std::uint32_t kGenerations = 1 << 10;  // that one link may go through

}  // namespace

// One connection and its streams. A lane is the stream's tag.
class Http2Lanes::Connection final : public net::Http2Handler {
 public:
  Connection(Http2Lanes& owner, std::uint32_t group, std::uint32_t slot)
      : owner_(owner), group_(group), slot_(slot), link_(owner.generation_ += kGenerations) {}

  ChannelEvent open() { return after(link_.open(owner_.wire_, slot_)); }
  bool owns(const epoll_event& event) const { return link_.tag(slot_) == event.data.u64; }
  void on_ready(std::uint32_t events);
  void request(Lane& lane);
  void end(Lane& lane);  // resets its stream
  void flush();
  void close() { link_.close(); }

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
  bool dirty = false;  // something has been asked for

 private:
  ChannelEvent after(Link::Event event);
  void advance(std::uint32_t events);
  void receive(std::uint32_t events);
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
  bool up_ = false;  // the peer's settings are known
  bool blocked_ = false;
  bool pinged_ = false;  // and nothing has come since
  std::uint32_t streams_ = 0;
  std::string out_;
  std::size_t sent_ = 0;
};

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
  dirty = true;
  return link_.stream().tls ? ChannelEvent::secured : ChannelEvent::linked;
}

void Http2Lanes::Connection::on_ready(std::uint32_t events) {
  if (!link_.ready()) return advance(events);
  link_.awaken();
  if ((events & EPOLLOUT) != 0) {
    blocked_ = false;
    dirty = true;
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
      dirty = true;
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
  dirty = true;
}

// A stream that is not answered may be the fault of the connection: two in a row without a byte
// from the peer in between, not even the answer to a ping, and it is replaced.
void Http2Lanes::Connection::end(Lane& lane) {
  session_->reset(lane.stream, net::kHttp2Cancel);
  lane.stream = 0;
  --streams_;
  dirty = true;
  if (pinged_) return owner_.retire(*this);
  pinged_ = true;
  session_->ping();
}

void Http2Lanes::Connection::flush() {
  dirty = false;
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

Http2Lanes::Http2Lanes(Wire& wire, const GrpcMethod* grpc, unsigned connections, unsigned streams)
    : wire_(wire),
      grpc_(grpc),
      connections_(connections),
      lanes_(std::size_t{connections} * streams),
      calls_(grpc != nullptr ? lanes_.size() : 0),
      current_(connections) {
  for (std::size_t i = 0; i < calls_.size(); ++i) lanes_[i].call = &calls_[i];
}

Http2Lanes::~Http2Lanes() = default;

ChannelEvent Http2Lanes::open(std::uint32_t index) {
  Lane& lane = lanes_[index];
  Connection*& current = current_[group_of(index)];
  if (current != nullptr) {
    lane.connection = current;
    if (current->is_up()) return ChannelEvent::joined;
    current->waiting.push_back(index);
    return ChannelEvent::nothing;
  }
  const std::uint32_t slot = first_unused_slot();
  slots_[slot] = std::make_unique<Connection>(*this, group_of(index), slot);
  current = lane.connection = slots_[slot].get();
  current->waiting.push_back(index);
  const ChannelEvent event = current->open();
  if (event == ChannelEvent::failed) lose(*current, current->link_failure());
  return event == ChannelEvent::failed ? ChannelEvent::nothing : event;
}

std::uint32_t Http2Lanes::first_unused_slot() {
  const auto unused = std::find(slots_.begin(), slots_.end(), nullptr);
  if (unused == slots_.end())
    return slots_.emplace_back(), static_cast<std::uint32_t>(slots_.size() - 1);
  return static_cast<std::uint32_t>(unused - slots_.begin());
}

ChannelEvent Http2Lanes::send(std::uint32_t index) {
  Lane& lane = lanes_[index];
  if (lane.connection != nullptr && lane.connection->takes_requests())
    lane.connection->request(lane);
  if (lane.stream != 0) return ChannelEvent::nothing;
  lane.touched = false;
  if (lane.connection == nullptr) return ChannelEvent::failed;  // as lose() has said
  // No new streams since the lane was opened.
  retire(*lane.connection);
  lane.failure = {.error = ErrorClass::closed, .unprocessed = true};
  return ChannelEvent::failed;
}

void Http2Lanes::close(std::uint32_t index) {
  Lane& lane = lanes_[index];
  if (lane.connection == nullptr) return;
  Connection& connection = *lane.connection;
  std::erase(connection.waiting, index);
  if (lane.stream != 0) connection.end(lane);
  lane.connection = nullptr;
  if (!wire_.keepalive) retire(connection);
  destroy_if_done(connection);
}

bool Http2Lanes::can_reuse(std::uint32_t index) const {
  const Lane& lane = lanes_[index];
  return wire_.keepalive && lane.connection != nullptr && lane.connection->takes_requests();
}

bool Http2Lanes::barred(std::uint32_t lane) const {
  const Connection* connection = current_[group_of(lane)];
  return connection != nullptr && connection->is_up() &&
         lane / connections_ >= connection->max_streams();
}

void Http2Lanes::report(std::uint32_t lane, ChannelEvent event) {
  events_.push_back({lane, event});
}

std::optional<Http2Lanes::LaneEvent> Http2Lanes::next_event() {
  if (next_event_ < events_.size()) return events_[next_event_++];
  events_.clear();
  next_event_ = 0;
  dead_.clear();
  return std::nullopt;
}

void Http2Lanes::on_ready(const epoll_event& event) {
  const auto slot = static_cast<std::uint32_t>(event.data.u64);
  Connection* connection = slot < slots_.size() ? slots_[slot].get() : nullptr;
  if (connection == nullptr || !connection->owns(event)) return;
  connection->on_ready(event.events);
}

void Http2Lanes::flush() {
  for (auto& slot : slots_)
    if (slot != nullptr && slot->dirty) slot->flush();
}

// No new requests on it: its lanes without a stream look for another connection.
void Http2Lanes::retire(Connection& connection) {
  if (connection.retired) return;
  connection.retired = true;
  Connection*& current = current_[connection.group()];
  if (current == &connection) current = nullptr;
  for (std::uint32_t i = connection.group(); i < lanes_.size(); i += connections_) {
    Lane& lane = lanes_[i];
    if (lane.connection == nullptr || (lane.connection == &connection && lane.stream == 0))
      report(i, ChannelEvent::closed);
  }
}

// The connection is over: so are its streams.
void Http2Lanes::lose(Connection& connection, Failure failure) {
  if (connection.dead) return;
  connection.dead = true;
  retire(connection);
  connection.close();
  for (std::uint32_t i = connection.group(); i < lanes_.size(); i += connections_) {
    Lane& lane = lanes_[i];
    if (lane.connection != &connection) continue;
    const bool waits = std::find(connection.waiting.begin(), connection.waiting.end(), i) !=
                       connection.waiting.end();
    lane.connection = nullptr;
    lane.failure = failure;
    if (lane.stream == 0 && !waits) continue;
    lane.stream = 0;
    report(i, ChannelEvent::failed);
  }
  dead_.push_back(std::move(slots_[connection.slot()]));
}

void Http2Lanes::destroy_if_done(Connection& connection) {
  if (!connection.retired || connection.dead || !connection.is_idle()) return;
  connection.dead = true;
  connection.close();
  dead_.push_back(std::move(slots_[connection.slot()]));
}

}  // namespace weft::load
