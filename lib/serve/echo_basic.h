// The dialect echo-basic: what the backend of the Gateway API conformance suite answers.
//
//   any path        the request as JSON, and who answers
//   /status/NNN     that status
//   /health         OK
//   /retry/...      fails at first, see asked.h
//   ?delay=100ms    later
//
// A port of h2c answers nothing but the JSON, and only to HTTP/2. Over TCP the service greets,
// then answers the lines TEST, IS_TLS and PING; over UDP it answers JSON.
#pragma once

#include <string>
#include <string_view>

#include "lib/serve/reply.h"
#include "lib/serve/request.h"

namespace weft::serve {

struct Shared;

void answer_echo_basic(const Request& request, const Target& target, Shared& shared, Reply& reply);

inline constexpr std::string_view kEchoBasicWelcome = "Gateway API Test TCP Server\n";
// To a line without its end; empty for lines that are not answered. `tls` is null on plain ports.
std::string echo_basic_line(std::string_view line, const net::TlsSession* tls,
                            const Shared& shared);
std::string echo_basic_datagram(std::string_view datagram, const Shared& shared);

}  // namespace weft::serve
