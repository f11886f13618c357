// One outgoing call on an event loop: resolve, connect, send, receive, each within one time-out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/net/fd.h"
#include "lib/net/http1_response.h"
#include "lib/net/loop.h"
#include "lib/net/resolve.h"
#include "lib/serve/call.h"
#include "lib/serve/lookup.h"

namespace weft::serve {

class CallClient final : private net::Watcher {
 public:
  // `done` is called once, never from inside the constructor, and may destroy the client.
  // Destroying it earlier abandons the call.
  CallClient(net::Loop& loop, Lookups& lookups, const CallPlan& plan,
             std::function<void(CallResult)> done);
  ~CallClient() override;

 private:
  enum class State { resolving, connecting, sending, receiving, done };

  void resolved(Addresses addresses);
  void connect_next();
  void ready(std::uint32_t epoll_events) override;
  void connected();
  void send();
  void receive();
  void expired();
  void fail(std::string_view outcome, std::string error);
  void fail_errno(int error);
  void finish();
  void unwatch();
  base::Nanoseconds elapsed() const { return loop_.read_clock() - began_; }

  net::Loop& loop_;
  const CallPlan& plan_;
  std::function<void(CallResult)> done_;
  std::shared_ptr<Lookups::Callback> on_resolved_;
  base::MonoTime began_;
  net::Timer timer_;
  State state_ = State::resolving;
  std::vector<net::Address> addresses_;
  std::size_t tried_ = 0;
  net::Fd socket_;
  bool watched_ = false;
  std::string out_;
  std::size_t sent_ = 0;
  net::Http1Response answer_;
  std::string received_;  // the beginning of the answer, as much as may be shown
  CallResult result_;
};

// Puts status, headers and body of a raw answer, which may end early, into `result`.
void read_answer(std::string_view raw, CallResult& result);

}  // namespace weft::serve
