// Counts requests by nonce, over all threads: what a sequence of statuses goes by. Remembers the
// last 64 Ki nonces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

namespace weft::serve {

class NonceCounter {
 public:
  static constexpr std::size_t kRemembered = 64 << 10;

  // How often that nonce was counted before.
  std::uint64_t count(const std::string& nonce) {
    const std::lock_guard lock(mutex_);
    const auto [entry, is_new] = seen_.try_emplace(nonce, 0);
    if (is_new) {
      order_.push_back(nonce);
      if (order_.size() > kRemembered) {
        seen_.erase(order_.front());
        order_.pop_front();
      }
    }
    return entry->second++;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::uint64_t> seen_;
  std::deque<std::string> order_;  // oldest first
};

}  // namespace weft::serve
