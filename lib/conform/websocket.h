// One message over a WebSocket of its own (RFC 6455), and the first one that comes back.
#pragma once

#include <string>
#include <string_view>

#include "lib/conform/suite.h"
#include "lib/conform/wire.h"
#include "lib/net/url.h"

namespace weft::conform {

// `url` is of http or https. The message is the body of the request, or the nonce where that is
// empty. answer.outcome: "ok" with the message in answer.body, "http:NNN" where the server does not
// agree to a WebSocket, or a failure of outcome.h. It takes no longer than the request's time-out.
Answer send_websocket(const net::Url& url, const RequestSpec& request, const std::string& nonce);

}  // namespace weft::conform
