// Work that blocks, done on a few threads so that no event loop waits for it. Threads that are
// still at work when the service ends are left behind: what they come to is of no use to anybody.
//
//   errands.run(loop, owner, [] { return use(blocking_call()); });
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "lib/net/loop.h"

namespace weft::serve {

class Errands {
 public:
  using Finish = std::function<void()>;  // called in the loop's thread
  using Work = std::function<Finish()>;  // called in one of ours; holds all that it needs

  Errands();
  ~Errands();

  // `loop` must exist until stop(). Whoever asks keeps `owner` as long as it cares: once it is
  // gone, neither the work nor its end is of interest. False: too much is waiting already.
  bool run(net::Loop& loop, const std::weak_ptr<void>& owner, Work work);
  void stop();

 private:
  static constexpr std::size_t kMaxThreads = 32;
  static constexpr std::size_t kMaxWaiting = 1000;
  struct State;
  static void serve(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

}  // namespace weft::serve
