// WebSockets (RFC 6455) as the service offers them: GET /ws echoes every message, in the dialect
// echo-basic too, as text; in the dialect istio a request to any path with `testwebsocket: enabled`
// has one message answered with the lines about the request.
#pragma once

#include <string>

#include "lib/serve/reply.h"
#include "lib/serve/request.h"

namespace weft::serve {

struct Shared;

inline constexpr std::string_view kWebSocketPath = "/ws";
bool wants_istio_websocket(const net::RequestHead& head);

// Agrees to a WebSocket (Reply::websocket), or says why not, as the dialect does. In the dialect
// istio `reply.body` holds the lines already.
void answer_websocket(const Request& request, const Shared& shared, Reply& reply);

// The head of an answer that agrees.
std::string websocket_head(const Reply& reply);

}  // namespace weft::serve
