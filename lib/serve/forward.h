// ForwardEcho of Istio's echo (proto.EchoTestService): the service makes requests as the client of
// that echo does, and returns what it tells about them. Who makes them is given to the service.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/result.h"

namespace weft::serve {

// ForwardEchoRequest, with its defaults filled in.
struct ForwardRequest {
  std::string url, method, message;
  std::vector<std::pair<std::string, std::string>> headers;
  std::uint64_t count = 1, qps = 0;
  base::Nanoseconds timeout = std::chrono::seconds(5);
  bool http2 = false, server_first = false, follow_redirects = false, new_connections = false;
  bool skip_verify = false;
  std::string certificate, key, ca;  // in PEM
  std::vector<std::string> alpn;
  std::string server_name;
  std::optional<std::string> expect;
};

// Blocks for at most the request's time-out. One text for each request.
using Forwarder =
    std::function<base::Result<std::vector<std::string>>(const ForwardRequest& request)>;

// Of the message; an input error for what is malformed, or not spoken here.
base::Result<ForwardRequest> read_forward_request(std::string_view message);

}  // namespace weft::serve
