#include "lib/load/http2_lanes.h"

#include <algorithm>

#include "lib/load/http2_connection.h"

namespace weft::load {

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

std::uint64_t Http2Lanes::retransmits() const {
  std::uint64_t sum = 0;
  for (const auto& connection : slots_)
    if (connection) sum += connection->retransmits();
  return sum;
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
  std::swap(dirty_, flushing_);
  for (const std::uint32_t slot : flushing_)
    if (slots_[slot] != nullptr) slots_[slot]->flush();
  flushing_.clear();
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
