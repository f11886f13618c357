// Requests of a prober in protocols other than HTTP/1.1, by the scheme of their URL:
//
//   h2c://app-b:9091/echo                  HTTP/2 at once; h2:// with TLS
//   grpc://app-b:9091/weft.v1.Echo/Echo    one call with the body as its message; grpcs:// with TLS
//   tcp://app-b:9093                       the body goes there and has to come back; with
//                                          RequestSpec::server_first after a line of the server's
//   tls://app-b:9092                       a TLS handshake, nothing else
//   udp://app-b:9094                       a datagram for a datagram
//
//   ws://app-b:9091/ws                     a message over a WebSocket, which has to come back:
//                                          http:101; wss:// with TLS
//
// Each blocks, but never longer than the request's time-out, and holds at most a few megabytes,
// whatever the server sends. TLS verifies nothing: it tells.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/conform/client.h"
#include "lib/net/url.h"

namespace weft::conform {

enum class ProbeProtocol { http1, h2c, h2, grpc, grpcs, tcp, tls, udp, ws, wss };

bool is_grpc(ProbeProtocol protocol);
bool speaks_http(ProbeProtocol protocol);  // of any version, gRPC with it
// "/package.Service/Method"
bool names_grpc_method(std::string_view target);

struct ProbeTarget {
  ProbeProtocol protocol = ProbeProtocol::http1;
  net::Url url;
};
// Of http:// and https://, too. What speaks no HTTP needs a port.
base::Result<ProbeTarget> parse_probe_target(std::string_view text);

class Http2Line;  // a connection that is kept

// Where HTTP/2 is spoken, `line` is used again when the next request goes the same way; a null one
// is made, and a connection that is of no more use is dropped.
Answer send_otherwise(const ProbeTarget& target, const RequestSpec& request,
                      const std::string& nonce, std::shared_ptr<Http2Line>& line);

}  // namespace weft::conform
