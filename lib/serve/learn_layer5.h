// The dialect learn-layer5: what the SMI conformance suite's application answers.
//
//   POST   /call     {"url", "method", "body", "headers"}: calls, and answers 200 with the body of
//                    whatever answered; 500 when nothing did. Without "url", "method" or "body" as
//                    text the connection is dropped.
//   any    /echo     the request as it was received
//   GET    /metrics  {"ReqReceived":[...],"RespSucceeded":[{URL,Method,Headers}],"RespFailed":[]}
//   DELETE /metrics  forgets
//
// With ServiceOptions::strict a call hides nothing: the status of the callee is passed on, a bad
// body is answered by 400, and calls that nobody answered are recorded as failed, too.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "lib/serve/reply.h"
#include "lib/serve/request.h"

namespace weft::serve {

struct CallPlan;
struct CallResult;
struct Shared;

// What /metrics shows; of each list the newest. Safe from several threads.
class CallLog {
 public:
  static constexpr std::size_t kRemembered = 16 << 10;

  void add_received(std::string service);
  void add_call(const CallPlan& plan, bool succeeded);
  void clear();
  std::string json() const;

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> received_, succeeded_, failed_;  // JSON texts
};

bool learn_layer5_keeps_body(std::string_view path);
void answer_learn_layer5(const Request& request, const Target& target, Shared& shared,
                         Reply& reply);

}  // namespace weft::serve
