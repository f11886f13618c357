#include "lib/load/grpc_exchange.h"

#include <algorithm>

#include "lib/load/waiter.h"

namespace weft::load {
namespace {

std::uint64_t to_send(const GrpcMethod& method) {
  return method.client_streams ? std::max<std::uint64_t>(method.messages, 1) : 1;
}

bool in_turn(const GrpcMethod& method) { return method.client_streams && method.server_streams; }

}  // namespace

void GrpcExchange::begin() {
  answer_.reset();
  sent_ = since_ = 0;
  left_ = false;
}

bool GrpcExchange::has_sent_all(const GrpcMethod& method, std::string_view frame) const {
  return sent_ == to_send(method) * frame.size();
}

// The same message again and again; where both sides stream, each when the last was answered.
net::Http2Handler::BodyPart GrpcExchange::next_body(const GrpcMethod& method,
                                                    std::string_view frame, char* out,
                                                    std::size_t room, GrpcCounts& counts) {
  const std::uint64_t most = to_send(method);
  const std::uint64_t due =
      in_turn(method) ? std::min<std::uint64_t>(answer_.messages() + 1, most) : most;
  const std::uint64_t before = sent_ / frame.size();
  std::size_t size = 0;
  while (size < room && sent_ < due * frame.size()) {
    const std::string_view part = frame.substr(sent_ % frame.size(), room - size);
    std::copy(part.begin(), part.end(), out + size);
    size += part.size();
    sent_ += part.size();
  }
  counts.sent += sent_ / frame.size() - before;
  if (method.server_streams && size > 0) since_ = monotonic_ns();
  const bool end = has_sent_all(method, frame);
  return {.size = size, .end = end, .later = size == 0 && !end};
}

GrpcExchange::Next GrpcExchange::receive(std::string_view bytes, const GrpcMethod& method,
                                         GrpcCounts& counts) {
  const std::uint32_t before = answer_.messages();
  while (answer_.next(bytes)) {
    ++counts.received;
    if (!method.server_streams) continue;
    const std::uint64_t now = monotonic_ns();
    counts.latency.record(now - since_);
    since_ = now;
    left_ = !method.client_streams && answer_.messages() == method.messages;
    if (left_) return Next::enough;
  }
  if (answer_.fault() != grpc::AnswerFault::none) return Next::enough;
  const bool more =
      in_turn(method) && answer_.messages() > before && answer_.messages() < to_send(method);
  return more ? Next::send : Next::wait;
}

grpc::AnswerFault GrpcExchange::end(const GrpcMethod& method) const {
  if (left_ && answer_.fault() == grpc::AnswerFault::none) return grpc::AnswerFault::none;
  return answer_.end(!method.server_streams);
}

}  // namespace weft::load
