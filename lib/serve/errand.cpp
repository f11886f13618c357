#include "lib/serve/errand.h"

#include <pthread.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>

namespace weft::serve {

struct Errands::State {
  struct Errand {
    net::Loop* loop;
    std::weak_ptr<void> owner;
    Work work;
  };
  std::mutex mutex;
  std::condition_variable asked;
  std::deque<Errand> waiting;
  std::size_t threads = 0, idle = 0;
  bool stopped = false;
};

Errands::Errands() : state_(std::make_shared<State>()) {}

Errands::~Errands() { stop(); }

bool Errands::run(net::Loop& loop, const std::weak_ptr<void>& owner, Work work) {
  const std::lock_guard lock(state_->mutex);
  if (state_->stopped || state_->waiting.size() >= kMaxWaiting) return false;
  state_->waiting.push_back({&loop, owner, std::move(work)});
  if (state_->idle < state_->waiting.size() && state_->threads < kMaxThreads) {
    ++state_->threads;
    std::thread([state = state_] { serve(state); }).detach();
  }
  state_->asked.notify_one();
  return true;
}

void Errands::stop() {
  const std::lock_guard lock(state_->mutex);
  state_->stopped = true;
  state_->waiting.clear();
  state_->asked.notify_all();
}

void Errands::serve(const std::shared_ptr<State>& state) {
  sigset_t all;  // signals are for the program's main thread
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
  std::unique_lock lock(state->mutex);
  for (;;) {
    ++state->idle;
    state->asked.wait(lock, [&] { return state->stopped || !state->waiting.empty(); });
    --state->idle;
    if (state->stopped) return;
    const State::Errand errand = std::move(state->waiting.front());
    state->waiting.pop_front();
    lock.unlock();
    Finish finish;
    if (!errand.owner.expired()) finish = errand.work();
    lock.lock();
    if (finish && !state->stopped)  // else the loop may be gone
      errand.loop->post([owner = errand.owner, finish = std::move(finish)] {
        if (const auto wanted = owner.lock()) finish();
      });
  }
}

}  // namespace weft::serve
