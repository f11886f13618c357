// The answer of /echo: the request as this service saw it, and who this service is.
#pragma once

#include <string>

#include "lib/serve/request.h"
#include "lib/serve/shared.h"

namespace weft::serve {

std::string echo_json(const Request& request, const Target& target, Shared& shared);

// Who is at the other end: "10.0.0.7:41234", "[fd00::7]:41234", "unix".
std::string peer_text(int socket);

}  // namespace weft::serve
