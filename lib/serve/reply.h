// An answer to one request, and what shall go wrong with it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/number.h"
#include "lib/serve/metrics.h"

namespace weft::serve {

struct CallPlan;
struct CallResult;
struct Reply;
struct Shared;

// What to make of a call: the next one to be made, or null when the reply is complete.
using AfterCall = std::shared_ptr<const CallPlan> (*)(const CallPlan& plan,
                                                      std::vector<CallResult> results,
                                                      Shared& shared, Reply& reply);

enum class Abort { none, reset, eof, half_close };

struct Reply {
  PathClass path = PathClass::other;
  int status = 200;
  std::string_view type = "text/plain; charset=utf-8";  // a literal; empty: not said
  std::string body;
  std::optional<std::uint64_t> filler;  // instead of `body`: this many bytes
  std::string fields;                   // further header lines, each with its CRLF
  std::string websocket;   // Sec-WebSocket-Accept of an upgrade, with status 101, see websocket.h
  bool head_only = false;  // answers HEAD
  bool keep_alive = true;
  bool old_client = false;  // HTTP/1.0: keeping alive must be said
  bool old_answer = false;  // and is answered in kind, as Go does

  std::shared_ptr<const CallPlan> call;  // to be made before this is answered
  AfterCall after_call = nullptr;

  base::Nanoseconds delay{0};
  Abort abort = Abort::none;
  bool hang = false;
  std::uint64_t rate = 0;  // body bytes per second; 0: as fast as possible
  bool trailers = false;   // kTrailerName behind the body, where there is one

  std::uint64_t body_size() const { return filler ? *filler : body.size(); }
};

bool status_has_body(int status);            // not 1xx, 204, 304
std::string_view status_reason(int status);  // "Not Found"; "status code" for an unknown one

// The head of the answer. `date` is an IMF-fixdate.
void append_head(std::string& out, const Reply& reply, std::string_view date);

inline constexpr std::string_view kTrailerName = "x-weft-trailer";
inline constexpr std::string_view kTrailerValue = "kept";
// Whether HTTP/1 sends the body in chunks, with trailers behind them.
bool has_chunks(const Reply& reply);

// Of a body that is sent at the rate of the reply, until `end`: how many bytes may follow the
// `sent` ones when `passed` has passed since the first; and when, since then, some are due again.
std::uint64_t body_allowance(const Reply& reply, std::uint64_t sent, std::uint64_t end,
                             base::Nanoseconds passed);
base::Nanoseconds next_body_due(const Reply& reply, std::uint64_t sent, std::uint64_t end);

// Bytes `offset` to `offset + size` of the endless text that fills bodies of a given size.
void append_filler(std::string& out, std::uint64_t offset, std::uint64_t size);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7).
std::string http_date(base::WallTime time);

}  // namespace weft::serve
