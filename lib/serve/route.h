// From a request to its answer: which endpoint it is for, and which faults apply.
//
//   /                 a short static text
//   /echo, /echo/...  what arrived, as JSON
//   /call             calls another service, see call.h
//   /status/NNN       that status
//   /health[/live|/ready]
//   /metrics          Prometheus text
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/net/http1_request.h"
#include "lib/serve/reply.h"
#include "lib/serve/shared.h"

namespace weft::serve {

inline constexpr std::string_view kRootText = "ok\n";

struct Request {
  const net::RequestHead& head;
  std::string_view body;  // where keeps_body() said so
  std::uint64_t body_size = 0;
  int socket = -1;  // to ask who the peer is
};

// The parts of a target: "/a%20b?x=1" or "http://host/a%20b?x=1".
struct Target {
  std::string_view path, query;  // as sent; the query without its '?'
};
Target split_target(std::string_view target);

PathClass path_class(std::string_view path);
bool keeps_body(PathClass path);

Reply answer(const Request& request, Shared& shared);

}  // namespace weft::serve
