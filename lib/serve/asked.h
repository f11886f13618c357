// What a request may ask of its answer in the way of the echo servers of Istio and of the Gateway
// API. Every dialect does so.
//
//   X-Echo-Set-Header: a:1, b:2    ?headers=a:1,b:2     header fields of the answer
//   ?codes=500:90,200:10                                one of these statuses, by weight
//   /retry/...?uuid=U&succeedAfter=N[&responseCode=S][&delayRetry=D]
//                                  fails N times for that U, by a reset or by S, then goes on
#pragma once

#include <string>
#include <string_view>

#include "lib/serve/random.h"
#include "lib/serve/reply.h"
#include "lib/serve/request.h"
#include "lib/serve/shared.h"

namespace weft::serve {

inline constexpr std::string_view kEchoSetHeader = "x-echo-set-header";

// Each returns what is wrong with the wish, as the original words it; empty when nothing is.
void set_echo_header(const net::RequestHead& head, Reply& reply);
std::string set_headers(std::string_view query, Reply& reply);
std::string set_delay(std::string_view query, std::string_view parameter, Reply& reply);
// A sum of weights of 0 drops the connection.
std::string set_code(std::string_view query, Random& random, Reply& reply);

// True when the answer is complete: the attempt fails, or cannot be understood.
bool fail_retry(std::string_view query, Shared& shared, Reply& reply);
bool is_retry(std::string_view path);

// {"message":"..."} with that status, as echo-basic does.
void refuse_as_echo_basic(std::string_view message, int status, Reply& reply);

}  // namespace weft::serve
