// HTTP/2 for one worker: each lane carries one request at a time, as a Channel does, but `streams`
// lanes share a connection. Lane i belongs to connection i mod `connections`; one that has been
// told to go away is replaced, and lives on beside its successor until its streams are over.
//
//   Http2Lanes lanes(wire, nullptr, 10, 100);             // lanes 0 ... 999
//   ChannelEvent event = lanes.open(lane);                // as a Channel
//   lanes.on_ready(epoll_event);  lanes.flush();          // once per pass of the loop
//   while (const auto next = lanes.next_event()) ...      // what happened to which lane
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/load/channel.h"
#include "lib/load/grpc_exchange.h"
#include "lib/net/http2.h"

struct epoll_event;

namespace weft::load {

struct Http2Counts {
  std::array<std::uint64_t, net::kHttp2Codes + 1> resets{};  // by code, the last: unknown ones
  std::uint64_t goaways = 0;
  GrpcCounts grpc;
};

class Http2Lanes {
 public:
  // `grpc`: what is called; null: it is no gRPC.
  Http2Lanes(Wire& wire, const GrpcMethod* grpc, unsigned connections, unsigned streams);
  ~Http2Lanes();

  ChannelEvent open(std::uint32_t lane);
  ChannelEvent send(std::uint32_t lane);
  void close(std::uint32_t lane);  // resets its stream
  // Of gRPC the grpc-status.
  unsigned status(std::uint32_t lane) const { return lanes_[lane].status; }
  bool untouched(std::uint32_t lane) const { return !lanes_[lane].touched; }
  const Failure& failure(std::uint32_t lane) const { return lanes_[lane].failure; }
  bool can_reuse(std::uint32_t lane) const;
  // Beyond what the peer of its connection allows at once.
  bool barred(std::uint32_t lane) const;

  void on_ready(const epoll_event& event);
  void flush();  // sends what has been asked for since
  struct LaneEvent {
    std::uint32_t lane;
    ChannelEvent event;
  };
  std::optional<LaneEvent> next_event();

  std::uint64_t retransmits() const;  // of open connections
  const Http2Counts& counts() const { return counts_; }
  void forget_messages() { counts_.grpc = {}; }
  // The first grpc-status but OK, with its message; empty: there was none.
  const std::string& refusal() const { return refusal_; }

 private:
  class Connection;
  struct Lane {
    Connection* connection = nullptr;  // null: closed
    const Http2Request* request = nullptr;
    GrpcExchange* call = nullptr;  // null: it is no gRPC
    std::int32_t stream = 0;       // of the request under way; 0: none
    bool touched = false;          // something of the answer has come
    bool whole = false;
    std::uint16_t status = 0;
    std::size_t body_sent = 0;
    Failure failure;
  };

  std::uint32_t group_of(std::uint32_t lane) const { return lane % connections_; }
  std::uint32_t first_unused_slot();
  void report(std::uint32_t lane, ChannelEvent event);
  void retire(Connection& connection);
  void lose(Connection& connection, Failure failure);
  void destroy_if_done(Connection& connection);

  Wire& wire_;
  const GrpcMethod* grpc_;
  std::uint32_t connections_;
  std::vector<Lane> lanes_;
  std::vector<GrpcExchange> calls_;                 // by lane
  std::vector<std::unique_ptr<Connection>> slots_;  // by index in epoll tags
  std::vector<std::uint32_t> dirty_, flushing_;     // slots of connections with something to send
  std::vector<Connection*> current_;                // by group; null: none
  std::vector<std::unique_ptr<Connection>> dead_;   // until the events of this pass are handled
  std::uint32_t generation_ = 0;                    // of the links
  std::vector<LaneEvent> events_;
  std::size_t next_event_ = 0;
  Http2Counts counts_;
  std::string refusal_;
};

}  // namespace weft::load
