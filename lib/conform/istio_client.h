// What the client of Istio's echo image does and prints: the same request some times, and for each
// lines about it and its answer. The Gateway API's mesh suite reads these lines.
//
//   [0] Url=http://echo/path
//   [0] StatusCode=200
//   [0] ResponseHeader=Content-Type:text/plain; charset=utf-8
//   [0 body] ServiceVersion=v1
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/result.h"

namespace weft::conform {

struct IstioCall {
  std::string url;     // http, https, grpc, tcp, tls or udp; none: http
  std::string method;  // empty: GET
  std::vector<std::pair<std::string, std::string>> headers;  // as given; Host names the authority
  std::string message = "HelloWorld";                        // of gRPC, TCP and UDP
  std::string expect = "StatusCode=200";                     // in an answer of TCP or UDP
  std::uint64_t count = 1;
  std::uint64_t qps = 0;                                // 0: at once
  base::Nanoseconds timeout = std::chrono::seconds(5);  // of all of them
  bool http2 = false;
  bool new_connections = false;  // also where HTTP/2 would share one
};
inline constexpr std::uint64_t kMaxIstioCalls = 50'000;

// The lines of each request, in their order. An error when one of them failed.
base::Result<std::vector<std::string>> call_as_istio(const IstioCall& call);

// time.Duration as Go prints it: "1.5ms", "2m0.5s".
std::string go_duration_text(base::Nanoseconds time);

}  // namespace weft::conform
