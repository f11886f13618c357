// All calls of one /call, one after the other, and their answer.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "lib/net/loop.h"
#include "lib/serve/call.h"
#include "lib/serve/call_client.h"
#include "lib/serve/shared.h"

namespace weft::serve {

class CallRun {
 public:
  // `done` receives the results, once, never from inside the constructor; it may destroy the run.
  // Destroying it earlier abandons the calls.
  CallRun(net::Loop& loop, Shared& shared, std::shared_ptr<const CallPlan> plan,
          std::function<void(std::vector<CallResult>)> done)
      : loop_(loop), shared_(shared), plan_(std::move(plan)), done_(std::move(done)) {
    if (needs_caller(*plan_))
      start_elsewhere();
    else
      start_next();
  }

 private:
  void start_next() {
    client_ =
        std::make_unique<CallClient>(loop_, shared_.lookups, *plan_, [this](CallResult result) {
          results_.push_back(std::move(result));
          if (results_.size() < plan_->count) return start_next();
          const auto done = std::move(done_);
          done(std::move(results_));
        });
  }

  // All of them, by whoever speaks their protocol.
  void start_elsewhere() {
    const auto work = [this, plan = plan_, caller = shared_.options.caller]() -> Errands::Finish {
      auto results = std::make_shared<std::vector<CallResult>>(caller(*plan));
      return [this, results] {
        const auto done = std::move(done_);
        done(std::move(*results));
      };
    };
    if (shared_.errands.run(loop_, alive_, work)) return;
    loop_.post([this, alive = std::weak_ptr<void>(alive_)] {
      if (alive.expired()) return;
      CallResult none;
      none.outcome = "resources";
      none.error = "too many calls wait already";
      const auto done = std::move(done_);
      done({none});
    });
  }

  net::Loop& loop_;
  Shared& shared_;
  const std::shared_ptr<void> alive_ = std::make_shared<char>();
  std::shared_ptr<const CallPlan> plan_;
  std::function<void(std::vector<CallResult>)> done_;
  std::vector<CallResult> results_;
  std::unique_ptr<CallClient> client_;
};

}  // namespace weft::serve
