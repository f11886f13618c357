// All calls of one /call, one after the other, and their answer.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "lib/net/loop.h"
#include "lib/serve/call.h"
#include "lib/serve/call_client.h"
#include "lib/serve/lookup.h"

namespace weft::serve {

class CallRun {
 public:
  // `done` receives the results, once, never from inside the constructor; it may destroy the run.
  // Destroying it earlier abandons the calls.
  CallRun(net::Loop& loop, Lookups& lookups, std::shared_ptr<const CallPlan> plan,
          std::function<void(std::vector<CallResult>)> done)
      : loop_(loop), lookups_(lookups), plan_(std::move(plan)), done_(std::move(done)) {
    start_next();
  }

 private:
  void start_next() {
    client_ = std::make_unique<CallClient>(loop_, lookups_, *plan_, [this](CallResult result) {
      results_.push_back(std::move(result));
      if (results_.size() < plan_->count) return start_next();
      const auto done = std::move(done_);
      done(std::move(results_));
    });
  }

  net::Loop& loop_;
  Lookups& lookups_;
  std::shared_ptr<const CallPlan> plan_;
  std::function<void(std::vector<CallResult>)> done_;
  std::vector<CallResult> results_;
  std::unique_ptr<CallClient> client_;
};

}  // namespace weft::serve
