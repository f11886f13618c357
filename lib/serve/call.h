// /call: this service calls another one and tells how that went, step by step. With `next` the
// callee, a service of the same kind, makes the next call of a chain.
//
//   GET  /call?url=http://b:9091/echo&timeout=2s
//   POST /call   {"url": "http://b:9091/call", "next": {"url": "http://c:9091/echo"}}
//
// The status of /call is 200 whenever the call was tried; its outcome is in the JSON.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/number.h"
#include "lib/net/url.h"
#include "lib/serve/request.h"

namespace weft::serve {

inline constexpr unsigned kMaxCallDepth = 16;
inline constexpr unsigned kMaxCallCount = 100;
inline constexpr std::size_t kMaxCallBody = 64 << 10;  // of an answer; the rest is cut off
inline constexpr base::Nanoseconds kCallTimeout = std::chrono::seconds(10);

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct CallPlan {
  net::Url url;
  std::string method = "GET";
  HeaderList headers;  // as given, then those passed on from the request
  std::string body;
  base::Nanoseconds timeout = kCallTimeout;
  unsigned count = 1;     // one after the other, each on a connection of its own
  bool chained = false;   // `body` is the plan of the callee
  bool keep = false;      // ask the server to keep the connection
  std::string other_url;  // in another protocol than plain HTTP/1.1: the same URL with its scheme
  bool one_connection = false;  // for all of them
  std::string target_text;      // of learn-layer5: the URL as it was given
  unsigned redirects = 0;       // of learn-layer5: followed so far
};

struct CallProblem {
  std::string parameter;  // "next.url"
  std::string reason;
};

// From the JSON body of a POST, or from the query of any other method. Trace and baggage headers
// of the request, and its nonce, are passed on unless the plan sets them.
std::optional<CallProblem> read_call(const Request& request, std::string_view query,
                                     CallPlan& plan);

// The request as sent.
std::string call_text(const CallPlan& plan);

// How one call went. Times count from its start; absent for steps that were not reached.
struct CallResult {
  std::string_view outcome;  // "answered", or the class of failure: see call_outcomes()
  std::string error;         // what failed, in words
  int status = 0;            // 0 without an answer
  HeaderList headers;        // names in lower case
  std::string body;
  bool body_cut = false;
  std::string peer;
  std::optional<int> grpc_status;
  std::optional<base::Nanoseconds> dns, connect, tls, ttfb;
  base::Nanoseconds total{0};
};

// Makes the calls of a plan that is not for HTTP/1.1 in plain text, or is for one connection;
// blocks for at most the time-outs of all of them.
using Caller = std::function<std::vector<CallResult>(const CallPlan& plan)>;
bool needs_caller(const CallPlan& plan);

struct CallOutcome {
  std::string_view name;
  std::string_view meaning;
};
std::vector<CallOutcome> call_outcomes();

// {"schema":"weft.call/v1","outcome":...,"chain":[...]}; {"calls":[...]} when there are several.
std::string call_json(const CallPlan& plan, const std::vector<CallResult>& results);

}  // namespace weft::serve
