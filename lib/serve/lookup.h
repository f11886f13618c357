// Names to addresses without holding up an event loop: what needs the system's resolver is asked
// on one of a few threads, the answer arrives by Loop::post.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lib/base/result.h"
#include "lib/net/loop.h"
#include "lib/net/resolve.h"

namespace weft::serve {

using Addresses = base::Result<std::vector<net::Address>>;

class Lookups {
 public:
  // Called in the loop's thread. Whoever asked keeps the pointer as long as it cares: once it is
  // gone, the answer is dropped.
  using Callback = std::function<void(Addresses)>;

  Lookups() = default;
  ~Lookups() { stop(); }

  void ask(const std::string& host, std::uint16_t port, base::Nanoseconds limit, net::Loop& loop,
           const std::shared_ptr<Callback>& callback);
  // Waits for the threads; every loop that was given to ask() must still exist.
  void stop();

 private:
  static constexpr std::size_t kMaxThreads = 4;
  struct Question {
    std::string host;
    std::uint16_t port;
    base::Nanoseconds limit;
    net::Loop* loop;
    std::weak_ptr<Callback> callback;
  };
  void serve();

  std::mutex mutex_;
  std::condition_variable asked_;
  std::deque<Question> questions_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopped_ = false;
};

}  // namespace weft::serve
