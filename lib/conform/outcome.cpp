#include "lib/conform/outcome.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "lib/base/format.h"

namespace weft::conform {

std::vector<OutcomeRow> outcomes() {
  return {{"dns", "the name has no address"},
          {"refused", "nothing listens there, or a proxy refused the connection"},
          {"reset", "the connection was reset"},
          {"eof", "the connection was closed before the answer was whole"},
          {"timeout", "time ran out"},
          {"unreachable", "no route to the address"},
          {"protocol", "the answer is no HTTP/1.1, or breaks its rules"},
          {"resources", "this machine has no port, descriptor or memory left"}};
}

std::string http_outcome(int status) { return fmt::format("http:{}", status); }

std::string_view outcome_of_errno(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "refused";
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
      return "unreachable";
    case ETIMEDOUT:
      return "timeout";
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
    case EADDRNOTAVAIL:
      return "resources";
    default:
      return "reset";
  }
}

std::string_view outcome_of(net::Http1Failure failure) {
  const bool ended =
      failure == net::Http1Failure::closed || failure == net::Http1Failure::truncated;
  return ended ? "eof" : "protocol";
}

bool denied(std::string_view outcome, bool timeout_denies) {
  constexpr std::array<std::string_view, 5> kDenials = {"http:401", "http:403", "refused", "reset",
                                                        "eof"};
  return std::ranges::count(kDenials, outcome) > 0 || (timeout_denies && outcome == "timeout");
}

bool is_ours(std::string_view outcome) { return outcome == "resources"; }

}  // namespace weft::conform
