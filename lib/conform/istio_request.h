// One request of the client of Istio's echo, whatever its protocol: what call_as_istio makes many
// of. Used by several threads at once.
#pragma once

#include <cstdint>
#include <string>

#include "lib/base/result.h"
#include "lib/conform/client.h"
#include "lib/conform/istio_client.h"
#include "lib/conform/protocols.h"

namespace weft::conform {

struct IstioOutput {
  std::string lines;
  std::string problem;  // why the request failed; empty: it did not
};

class IstioRequest {
 public:
  // An input error says what is wrong with the URL.
  static base::Result<IstioRequest> create(const IstioCall& call);

  // Where HTTP/2 is spoken, `client` may share its connection with the next request. `active` is
  // how many requests are under way.
  IstioOutput make(Client& client, std::uint64_t n, base::Nanoseconds timeout,
                   std::uint64_t active) const;
  bool shares_connections() const;

 private:
  enum class Scheme : std::uint8_t { http, https, grpc, ws, tcp, tls, udp, dns };
  struct Lines;

  void ask_http(Client& client, const RequestSpec& request, Lines& out) const;
  void ask_grpc(Client& client, const RequestSpec& request, Lines& out) const;
  void ask_websocket(const RequestSpec& request, Lines& out) const;
  void ask_socket(const RequestSpec& request, Lines& out) const;
  void ask_tls(const RequestSpec& request, Lines& out) const;
  void ask_dns(Lines& out, base::Nanoseconds timeout) const;

  IstioCall call_;
  Scheme scheme_ = Scheme::http;
  std::string url_;      // as it is told
  net::Url target_;      // where it goes
  RequestSpec request_;  // but for its time-out
};

}  // namespace weft::conform
