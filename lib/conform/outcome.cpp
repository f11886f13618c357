#include "lib/conform/outcome.h"

#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/net/connect.h"

namespace weft::conform {

std::vector<OutcomeRow> outcomes() {
  return {{"grpc:N", "a whole answer of gRPC with this status"},
          {"ok", "over TCP and UDP what was sent came back; TLS was agreed on"},
          {"dns", "the name has no address"},
          {"refused", "nothing listens there, or a proxy refused the connection"},
          {"reset", "the connection was reset"},
          {"eof", "the connection was closed before the answer was whole"},
          {"timeout", "time ran out"},
          {"unreachable", "no route to the address"},
          {"protocol", "the answer is not of the protocol, or breaks its rules"},
          {"tls-alert:N", "the other side ended TLS with this alert (RFC 8446, 6)"},
          {"resources", "this machine has no port, descriptor or memory left"}};
}

bool is_answer(std::string_view outcome) {
  return outcome.starts_with("http:") || outcome.starts_with("grpc:") || outcome == "ok";
}

std::string http_outcome(int status) { return fmt::format("http:{}", status); }

std::string_view outcome_of_errno(int error) { return net::socket_outcome(error); }

std::string_view outcome_of(net::Http1Failure failure) {
  const bool ended =
      failure == net::Http1Failure::closed || failure == net::Http1Failure::truncated;
  return ended ? "eof" : "protocol";
}

std::string outcome_of(net::TlsFailure failure, int alert) {
  if (alert > 0) return fmt::format("tls-alert:{}", alert);
  return failure == net::TlsFailure::closed ? "eof" : "protocol";
}

bool denied(std::string_view outcome, bool timeout_denies) {
  constexpr std::array<std::string_view, 7> kDenials = {"http:401", "http:403", "grpc:7", "grpc:16",
                                                        "refused",  "reset",    "eof"};
  return std::ranges::count(kDenials, outcome) > 0 || outcome.starts_with("tls-alert:") ||
         (timeout_denies && outcome == "timeout");
}

bool is_ours(std::string_view outcome) { return outcome == "resources"; }

}  // namespace weft::conform
