// What reached the applications, for whoever must know without asking over the network under
// test: the last 64 Ki requests, read over a unix socket of its own.
//
//   weft serve --journal-socket /run/weft.sock
//   weft journal --socket /run/weft.sock --nonce run-7-
//
// Each record is a line of JSON: seq (from 1, without gaps), time, nonce, method, target, host,
// peer, and the headers that identify a caller. Long values are cut. Safe from several threads.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/net/http1_request.h"

namespace weft::serve {

class Journal {
 public:
  static constexpr std::size_t kRemembered = 64 << 10;
  static constexpr std::size_t kMaxValue = 512;  // bytes of one value

  // Gets every further record as it is added, a line at a time; from several threads.
  using Sink = std::function<void(std::string_view line)>;
  void tell(Sink sink) { sink_ = std::move(sink); }

  void add(const net::RequestHead& head, std::string_view nonce, std::string peer,
           base::WallTime time);
  // The records after number `since` whose nonce begins with `prefix`, oldest first.
  std::string lines(std::uint64_t since, std::string_view prefix) const;

 private:
  struct Record {
    std::string nonce;
    std::string json;  // all but its number
  };
  static void append_line(std::string& out, std::uint64_t number, const Record& record);

  Sink sink_;
  mutable std::mutex mutex_;
  std::deque<Record> records_;
  std::uint64_t last_ = 0;  // number of the newest
};

// The same from another process, over the socket of the service. Errors: cluster when nobody
// listens there, timeout, invalid when what answers is no journal.
base::Result<std::string> read_journal(const std::string& socket, std::uint64_t since,
                                       std::string_view prefix, base::Nanoseconds timeout);

}  // namespace weft::serve
