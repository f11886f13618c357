// From a request to its answer: which endpoint it is for, and which faults apply.
//
//   /                 a short static text
//   /echo, /echo/...  what arrived, as JSON
//   /call             calls another service, see call.h
//   /status/NNN       that status
//   /retry/...        fails at first, see asked.h
//   /health[/live|/ready]
//   /metrics          Prometheus text, or JSON by Accept
//   /ws               a WebSocket that echoes, see websocket.h
//   /journal          what arrived, on the journal socket only, see journal.h
//
// In another dialect, the endpoints of what the service stands in for instead.
#pragma once

#include <string_view>

#include "lib/serve/random.h"
#include "lib/serve/reply.h"
#include "lib/serve/request.h"
#include "lib/serve/shared.h"

namespace weft::serve {

inline constexpr std::string_view kRootText = "ok\n";

PathClass path_class(std::string_view path);
bool keeps_body(const Shared& shared, std::string_view path);

Reply answer(const Request& request, Shared& shared, Random& random);

// How long the stall still lasts in which a request has come now.
base::Nanoseconds stalled_for(const Shared& shared);

}  // namespace weft::serve
