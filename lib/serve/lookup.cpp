#include "lib/serve/lookup.h"

namespace weft::serve {

void Lookups::ask(const std::string& host, std::uint16_t port, base::Nanoseconds limit,
                  net::Loop& loop, const std::shared_ptr<Callback>& callback) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  questions_.push_back({host, port, limit, &loop, callback});
  if (idle_ < questions_.size() && threads_.size() < kMaxThreads)
    threads_.emplace_back([this] { serve(); });
  asked_.notify_one();
}

void Lookups::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    questions_.clear();
  }
  asked_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

void Lookups::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    asked_.wait(lock, [this] { return stopped_ || !questions_.empty(); });
    --idle_;
    if (stopped_) return;
    const Question question = std::move(questions_.front());
    questions_.pop_front();
    lock.unlock();
    if (!question.callback.expired()) {
      auto answer =
          std::make_shared<Addresses>(net::resolve(question.host, question.port, question.limit));
      question.loop->post([callback = question.callback, answer] {
        if (const auto wanted = callback.lock()) (*wanted)(std::move(*answer));
      });
    }
    lock.lock();
  }
}

}  // namespace weft::serve
