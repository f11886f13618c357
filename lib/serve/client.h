// A client's connection, whatever it speaks, as the thread that serves it sees it.
#pragma once

#include "lib/net/loop.h"

namespace weft::serve {

class Client : public net::Watcher {
 public:
  virtual void joined() {}   // once it is in the loop: whoever speaks first does so here
  virtual void drain() = 0;  // closes when idle, else after the answers in progress
  virtual void reset() = 0;  // closes at once, the peer sees a reset
  virtual int socket() const = 0;
};

}  // namespace weft::serve
