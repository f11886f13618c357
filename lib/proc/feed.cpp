#include "lib/proc/feed.h"

#include <sys/eventfd.h>

#include <cstdint>

namespace weft::proc {

Feed::Feed() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Feed::wake() const {
  const std::uint64_t one = 1;
  // A counter that is full wakes all the same.
  static_cast<void>(::write(wake_.get(), &one, sizeof one) == 0);
}

void Feed::write(std::string_view text) {
  const std::lock_guard lock(mutex_);
  text_ += text;
  wake();
}

void Feed::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  wake();
}

bool Feed::take(std::string& text) {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = 0;
  static_cast<void>(::read(wake_.get(), &count, sizeof count) == 0);
  text += text_;
  text_.clear();
  return closed_;
}

}  // namespace weft::proc
