// One client connection that speaks HTTP/2: its streams are answered side by side. Begins where a
// Connection has found out what the client speaks: by ALPN, or by the preface of HTTP/2.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lib/net/http2.h"
#include "lib/net/stream.h"
#include "lib/serve/client.h"
#include "lib/serve/port.h"
#include "lib/serve/reply.h"

namespace weft::serve {

class Worker;

class Http2Connection final : public Client, public net::Http2Handler {
 public:
  Http2Connection(Worker& worker, net::Stream stream, const Port& port);
  ~Http2Connection() override;

  void begin(std::string_view received);  // bytes that were read before
  void ready(std::uint32_t epoll_events) override;
  void drain() override;
  void reset() override;
  int socket() const override { return stream_.fd.get(); }

 private:
  struct Exchange;  // a request and its answer

  net::Http2Tag on_stream(std::int32_t stream) override;
  void on_field(net::Http2Tag tag, std::string_view name, std::string_view value) override;
  void on_head(net::Http2Tag tag) override;
  void on_data(net::Http2Tag tag, std::string_view bytes) override;
  void on_whole(net::Http2Tag tag) override;
  void on_over(net::Http2Tag tag, net::Http2Fault fault) override;
  BodyPart next_body(net::Http2Tag tag, char* out, std::size_t room) override;

  void receive();
  void take(std::string_view bytes);
  void proceed(Exchange& exchange);
  void check(Exchange& exchange);
  void cut_off(std::int32_t stream);
  void refuse(Exchange& exchange, int status, std::string_view reason);
  void send_reply(Exchange& exchange);
  void expired(Exchange& exchange);
  void flush();
  void watch(std::uint32_t events);
  void set_deadline(base::Nanoseconds from_now);
  void close();

  Worker& worker_;
  const Port& port_;
  net::Stream stream_;
  net::Http2Session session_;
  net::Timer timer_;  // idle, or without progress
  std::unordered_map<std::int32_t, std::unique_ptr<Exchange>> exchanges_;
  std::string out_;
  std::size_t sent_ = 0;
  std::uint32_t watched_;
  bool draining_ = false;
  bool closed_ = false;
};

}  // namespace weft::serve
