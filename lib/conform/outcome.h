// How a request ended, as one word: "http:200", "refused", "eof". Recorded for every request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/net/http1_response.h"
#include "lib/net/tls.h"

namespace weft::conform {

struct OutcomeRow {
  std::string_view name;
  std::string_view meaning;
};
// All but "http:NNN".
std::vector<OutcomeRow> outcomes();

// A whole one: "http:NNN", "grpc:N", "ok".
bool is_answer(std::string_view outcome);

std::string http_outcome(int status);
std::string_view outcome_of_errno(int error);
std::string_view outcome_of(net::Http1Failure failure);
std::string outcome_of(net::TlsFailure failure, int alert);

// The mesh said no: 401, 403, gRPC's like of them, an alert of TLS, or the connection was refused,
// reset or closed. Silence is one only where it is said to be. Of itself this proves nothing: see
// ProbeStep::control.
bool denied(std::string_view outcome, bool timeout_denies);

// The prober itself failed: nothing is known about the mesh.
bool is_ours(std::string_view outcome);

}  // namespace weft::conform
