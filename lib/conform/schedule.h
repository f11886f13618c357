// Which tests run when. Several threads take tests from it: next(), run it, done().
//
//   while (const auto test = schedule.next()) { run(*test); schedule.done(*test); }
//
// Tests of one stage run side by side where their isolation is `service`; one with `ns` runs alone
// on its stage, one with `exclusive` alone altogether. The order is the given one, but for tests
// that cannot run yet.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "lib/conform/suite.h"

namespace weft::conform {

struct Slot {
  std::size_t stage = 0;
  Isolation isolation = Isolation::service;
};

class Schedule {
 public:
  Schedule(std::vector<Slot> tests, std::size_t stages)
      : tests_(std::move(tests)), states_(tests_.size()), ready_(stages) {}

  // Waits for a test that may run now. Absent: none is left, or none will be given any more.
  std::optional<std::size_t> next();
  void done(std::size_t test);
  // The applications of the stage stand.
  void ready(std::size_t stage);
  // Nothing more is given.
  void end();

 private:
  enum class State { waiting, running, done };
  bool may_run(std::size_t test) const;

  std::vector<Slot> tests_;
  std::vector<State> states_;
  std::vector<bool> ready_;
  bool ended_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace weft::conform
