// The dialect istio: what the echo of Istio's tests answers, lines of "Key=value".
//
//   any path                 the request, and who answers
//   ?delay= ?headers= ?codes=   see asked.h; what cannot be understood is told in the first lines
//
// Over TCP the same in fewer lines, before the first bytes are echoed; over UDP instead of an echo.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/serve/random.h"
#include "lib/serve/reply.h"
#include "lib/serve/request.h"

namespace weft::serve {

struct Shared;

void answer_istio(const Request& request, const Target& target, Shared& shared, Random& random,
                  Reply& reply);

inline constexpr std::string_view kIstioServerFirst = "server-first-protocol\n";
// `peer` is the address of the client, without its port.
std::string istio_grpc_lines(const Port& port, std::string_view peer, std::string_view message,
                             const Shared& shared);
std::string istio_socket_lines(const Port& port, std::string_view peer, const Shared& shared);

}  // namespace weft::serve
