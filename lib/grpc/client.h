// One gRPC call by a thread that waits for it: for reflection, probes and tests, not for load.
//
//   grpc::Call call{.url = *net::parse_url("http://127.0.0.1:50051/"),
//                   .method = "grpc.health.v1.Health/Check",
//                   .messages = {""}};
//   WEFT_TRY(answer, grpc::call(call));
//   if (answer.status.code == grpc::StatusCode::ok) use(answer.messages.front());
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/grpc/status.h"
#include "lib/net/http2.h"
#include "lib/net/proxy.h"
#include "lib/net/tls.h"
#include "lib/net/url.h"

namespace weft::grpc {

struct Call {
  net::Url url;        // host and port; https or grpcs is TLS
  std::string method;  // "package.Service/Method"
  net::Http2Fields metadata;
  std::vector<std::string> messages;  // the request, all of them at once
  base::Nanoseconds timeout = std::chrono::seconds(5);
  bool send_deadline = false;  // tell the server of the time-out
  net::TlsClientOptions tls;
  std::string unix_socket;                                               // connect here instead
  std::vector<std::pair<std::string, std::string>> resolve = {};         // "host:port" -> address
  std::optional<std::pair<std::string, std::uint16_t>> connect_to = {};  // connect there instead
  std::optional<net::Proxy> proxy = {};                                  // tunnels to the target
};

struct CallAnswer {
  unsigned http_status = 0;
  net::Http2Fields fields;  // head and trailers, without the pseudo-fields, names in lower case
  std::vector<std::string> messages;
  Status status;  // as the peer said

  std::string_view field(std::string_view name) const;  // the first; empty: none
};

// Errors: input for a name that does not resolve, timeout, tool for a connection that failed or an
// answer that is not gRPC. A status that is not ok is an answer.
base::Result<CallAnswer> call(const Call& call);

}  // namespace weft::grpc
