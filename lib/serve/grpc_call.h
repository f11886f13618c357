// One gRPC call that the service answers, and the hook for services: a method is a row of a table.
//
//   grpc::Status greet(GrpcCall& call, std::string_view request, std::string& response);
//   constexpr GrpcMethod kMethods[] = {{"/shop.Greeter/Greet", greet}};      // unary
//
// A method that streams, or answers later, is a GrpcHandler; it lives as long as its call, and is
// destroyed when the client gives up. Tables are listed in grpc_methods.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/grpc/frame.h"
#include "lib/grpc/status.h"
#include "lib/net/http2.h"
#include "lib/net/stream.h"
#include "lib/net/timer.h"
#include "lib/serve/port.h"

namespace weft::serve {

class GrpcCall;
class Worker;

class GrpcHandler {
 public:
  virtual ~GrpcHandler() = default;
  virtual void on_message(GrpcCall& call, std::string_view message) = 0;
  virtual void on_end(GrpcCall&) {}    // the client has sent its last message
  virtual void on_drain(GrpcCall&) {}  // the service is to end: a call without end finishes now
};

struct GrpcMethod {
  std::string_view path;  // "/grpc.health.v1.Health/Check"
  // The response to the one request; it is sent when the status is ok.
  grpc::Status (*unary)(GrpcCall& call, std::string_view request, std::string& response) = nullptr;
  std::unique_ptr<GrpcHandler> (*begin)(GrpcCall& call) = nullptr;  // instead
  bool tells_state = false;  // faults of the service spare it
};

// All methods of the service, and the FileDescriptorProtos that declare them, for reflection.
std::span<const GrpcMethod> grpc_methods();
const std::vector<std::string>& grpc_files();
const GrpcMethod* find_grpc_method(std::string_view path);
std::span<const GrpcMethod> reflection_methods();  // grpc_reflection.cpp
std::span<const GrpcMethod> echo_methods();        // grpc_echo.cpp
std::span<const GrpcMethod> forward_methods();     // forward.cpp
std::vector<std::string> echo_files();             // the same

class GrpcCall {
 public:
  // `fields` of the request, what it came over; `wake` sends what is to be sent. All of it must
  // outlive the call.
  GrpcCall(Worker& worker, net::Http2Session& session, std::int32_t stream,
           const net::Http2Fields& fields, const net::Stream& connection, const Port& port,
           std::function<void()> wake);
  ~GrpcCall();

  // For methods.
  const net::Http2Fields& fields() const { return fields_; }  // metadata, names in lower case
  std::string_view field(std::string_view name) const;        // the first; empty: none
  int socket() const { return connection_.fd.get(); }
  const net::TlsSession* tls() const { return connection_.tls.get(); }  // null: plain
  const Port& port() const { return port_; }
  Worker& worker() { return worker_; }
  void add_header(std::string name, std::string value);  // before the first message
  void add_trailer(std::string name, std::string value);
  void send(std::string_view message);
  void finish(grpc::Status status = {});  // only the first counts
  void hold(base::Nanoseconds time);      // nothing of the answer leaves before
  // After send() and finish() in a timer or the like; the call may be over then, and gone.
  void wake() const;

  // For the connection.
  void begin();  // once, after the construction
  void receive(std::string_view bytes);
  void end();  // of the request
  void drain();
  net::Http2Handler::BodyPart next_body(char* out, std::size_t room);
  // The client has to be cut off, or a fault demands it.
  bool broken() const { return broken_; }
  bool hangs() const { return hangs_; }
  grpc::StatusCode status() const { return status_.code; }

 private:
  void note();
  bool apply_faults(const GrpcMethod& method);
  void take(std::string_view message);
  void flow();
  void set_deadline();
  void expired();

  Worker& worker_;
  net::Http2Session& session_;
  const std::int32_t stream_;
  const net::Http2Fields& fields_;
  const net::Stream& connection_;
  const Port& port_;
  const std::function<void()> wake_;
  const GrpcMethod* method_ = nullptr;
  std::unique_ptr<GrpcHandler> handler_;  // of a method that has one
  grpc::FrameReader reader_;
  net::Timer deadline_;  // the client's, or ours for its next message
  net::Timer held_;
  base::MonoTime client_deadline_ = base::MonoTime::max();
  net::Http2Fields headers_, trailers_;
  std::string out_;
  std::size_t sent_ = 0;
  grpc::Status status_;
  bool answered_ = false;  // the head has been handed over
  bool ended_ = false;     // the request
  bool finished_ = false;
  bool broken_ = false;
  bool hangs_ = false;
};

}  // namespace weft::serve
