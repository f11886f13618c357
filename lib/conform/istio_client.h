// What the client of Istio's echo image does and prints: the same request some times, and for each
// lines about it and its answer. The Gateway API's mesh suite reads these lines.
//
//   [0] Url=http://echo/path
//   [0] StatusCode=200
//   [0] ResponseHeader=Content-Type:text/plain; charset=utf-8
//   [0 body] ServiceVersion=v1
//
// Source: istio.io/istio/pkg/test/echo, cmd/client and server/forwarder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/base/stop.h"
#include "lib/conform/suite.h"

namespace weft::conform {

struct IstioCall {
  std::string url;     // http, https, grpc, ws, tcp, tls, udp or dns; none: http
  std::string method;  // empty: GET
  std::vector<std::pair<std::string, std::string>> headers;  // as given; Host names the authority
  std::string message = "HelloWorld";                        // of all but HTTP
  std::optional<std::string> expect;  // in an answer of TCP or UDP; else "StatusCode=200"
  std::uint64_t count = 1;
  std::uint64_t qps = 0;                                // 0: at once
  base::Nanoseconds timeout = std::chrono::seconds(5);  // of all of them
  bool http2 = false;
  bool new_connections = false;  // also where HTTP/2 would share one
  bool follow_redirects = false;
  bool server_first = false;     // over TCP: the server has to speak first
  std::string certificate, key;  // in PEM; with them gRPC and TCP speak TLS
  TlsWish tls;
};
inline constexpr std::uint64_t kMaxIstioCalls = 50'000;

// The lines of each request, in their order. An error when one of them failed.
base::Result<std::vector<std::string>> call_as_istio(const IstioCall& call,
                                                     const base::StopFlag& stop);

// time.Duration as Go prints it: "1.5ms", "2m0.5s".
std::string go_duration_text(base::Nanoseconds time);

}  // namespace weft::conform
