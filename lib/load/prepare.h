// Everything about a run that can be decided, and refused, before it starts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/load/engine.h"
#include "lib/load/http2_lanes.h"
#include "lib/net/resolve.h"

namespace weft::load {

struct Prepared {
  std::vector<net::Address> addresses;
  std::shared_ptr<const net::TlsContext> tls;  // of https
  std::string request;                         // as sent
  std::optional<Http2Request> http2;           // the same for HTTP/2
  bool to_head = false;
  bool idempotent = true;  // RFC 9110, 9.2.2
  unsigned threads = 1;
  unsigned spares = 0;   // connections beyond those of the plan
  bool may_poll = true;  // there is a CPU to spare
  std::uint64_t seed = 0;
};

base::Result<Prepared> prepare(const Plan& plan);

// The bytes of the request; usage error for a method, header or target that cannot be sent.
base::Result<std::string> build_request(const Target& target, bool keepalive);
base::Result<Http2Request> build_http2_request(const Target& target);

}  // namespace weft::load
