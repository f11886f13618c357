// What gRPC adds to a stream of HTTP/2: the messages of one call both ways, and how it ended.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/grpc/answer.h"
#include "lib/load/engine.h"
#include "lib/net/http2.h"

namespace weft::load {

struct GrpcCounts {
  std::uint64_t sent = 0, received = 0;  // messages
  // Where the server streams: from a message sent to the one that answers it, from one message of
  // the server's stream to the next.
  stats::Histogram latency;
};

class GrpcExchange {
 public:
  void begin();
  net::Http2Handler::BodyPart next_body(const GrpcMethod& method, std::string_view frame, char* out,
                                        std::size_t room, GrpcCounts& counts);
  void field(std::string_view name, std::string_view value) { answer_.field(name, value); }

  enum class Next {
    wait,
    send,   // next_body() has more
    enough  // the call can be ended, end() says how it went
  };
  Next receive(std::string_view bytes, const GrpcMethod& method, GrpcCounts& counts);

  bool has_sent_all(const GrpcMethod& method, std::string_view frame) const;
  grpc::AnswerFault end(const GrpcMethod& method) const;
  grpc::StatusCode status() const { return left_ ? grpc::StatusCode::ok : answer_.status(); }
  std::string status_message() const { return answer_.status_message(); }

 private:
  grpc::AnswerReader answer_{false};
  std::uint64_t sent_ = 0;   // bytes
  std::uint64_t since_ = 0;  // the message of whose latency it is; monotonic_ns()
  bool left_ = false;        // by us: as many messages came as were wanted
};

}  // namespace weft::load
