// Input for a child that goes on while it runs, from any thread.
//
//   auto feed = std::make_shared<proc::Feed>();
//   runner.run({.argv = {"cat"}, .feed = feed});  // in a thread of its own: returns after close()
//   feed->write("one line\n");
//   feed->close();
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "lib/proc/pipe.h"

namespace weft::proc {

class Feed {
 public:
  Feed();

  void write(std::string_view text);
  // The child sees the end of its input behind what was written.
  void close();

  // For whoever runs the child: readable when there is something to take; what came since, and
  // whether that is all.
  int descriptor() const { return wake_.get(); }
  bool take(std::string& text);

 private:
  void wake() const;

  Fd wake_;
  std::mutex mutex_;
  std::string text_;
  bool closed_ = false;
};

}  // namespace weft::proc
