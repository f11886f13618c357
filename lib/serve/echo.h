// The answer of /echo: the request as this service saw it, and who this service is.
#pragma once

#include <string>

#include "lib/net/resolve.h"
#include "lib/serve/request.h"
#include "lib/serve/shared.h"

namespace weft::serve {

std::string echo_json(const Request& request, const Target& target, Shared& shared);

// Who is at the other end: "10.0.0.7:41234", "[fd00::7]:41234", "unix".
std::string peer_text(int socket);
// The same without the port: "10.0.0.7", "fd00::7"; empty on a unix socket.
std::string peer_host(int socket);
std::string host_text(const net::Address& peer);

}  // namespace weft::serve
