// One client connection: reads requests in order and answers each before it looks at the next.
//
// Requests that arrive whole are parsed where they were received, in a buffer of the worker; a
// connection owns memory only while something is incomplete. `ready` and the timer change the
// state, and every such change ends in pump(), which sends what there is and goes on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lib/net/http1_request.h"
#include "lib/net/loop.h"
#include "lib/net/stream.h"
#include "lib/serve/client.h"
#include "lib/serve/port.h"
#include "lib/serve/reply.h"

namespace weft::serve {

class CallRun;
class Worker;

class Connection final : public Client {
 public:
  Connection(Worker& worker, net::Stream stream, const Port& port);
  ~Connection() override;

  void ready(std::uint32_t epoll_events) override;
  void drain() override;
  void reset() override;
  int socket() const override { return stream_.fd.get(); }
  const Port& port() const { return port_; }
  net::Stream release();  // to whoever goes on with it; this connection is over

 private:
  enum class State {
    handshake,  // of TLS
    head,       // waiting for a request, or for the rest of its head
    body,       // of a request
    delayed,    // the answer waits for its time
    calling,    // the answer waits for another service
    hanging,    // there will be no answer
    sending,    // more of the answer's body is to come
    upgrading,  // becomes a WebSocket when everything is sent
    ending,     // closes when everything is sent
    lingering,  // closed for writing; reads on, so that no reset destroys what was sent
    closed
  };
  bool reads() const { return state_ == State::head || state_ == State::body; }

  void shake_hands();

  // Requests (connection_input.cpp).
  void receive();
  void consume(std::string_view input);
  std::size_t consume_head(std::string_view input);
  std::size_t start_body(const net::RequestHead& head, std::string_view text,
                         std::string_view rest);
  std::size_t consume_body(std::string_view input);
  bool feed_body(std::string_view input, std::size_t& used);
  void handle(const net::RequestHead& head);
  void refuse(int status, std::string_view reason);

  // Answers (connection_output.cpp).
  void begin(Reply reply);
  void proceed();
  void send_reply();
  bool append_body();
  void end_reply();
  void upgrade();
  bool flush();
  void unblocked();

  void pump();
  void expired();
  void watch(std::uint32_t events);
  void set_deadline(base::Nanoseconds from_now);
  void linger();
  void close();

  Worker& worker_;
  const Port& port_;
  net::Stream stream_;
  State state_ = State::head;
  bool keep_alive_ = true;  // as the request in progress wants it
  bool partial_ = false;    // a head has begun to arrive
  bool keeps_body_ = false;
  bool more_input_ = false;  // pending_ may hold a whole request
  bool unread_ = false;      // the peer may still be sending what nobody will read
  bool blocked_ = false;     // the socket takes no more for now
  std::uint32_t watched_ = 0;
  net::Timer timer_;  // the deadline of the state, or the next moment to act
  net::HeadScanner scanner_;
  net::BodyReader body_;

  std::string pending_;    // received, not used yet
  std::string head_text_;  // of a request whose body is still arriving
  std::string body_text_;  // of a request whose body matters
  std::string out_;        // to send, from sent_ on
  std::size_t sent_ = 0;

  base::MonoTime began_;            // when the request in progress was whole
  std::unique_ptr<Reply> reply_;    // in progress
  std::unique_ptr<CallRun> calls_;  // that the reply waits for
  std::uint64_t body_sent_ = 0;     // of the reply's body, put into out_
  std::uint64_t body_end_ = 0;      // where it stops; before its size with Abort::half_close
  base::MonoTime body_began_;
};

}  // namespace weft::serve
