// How a gRPC call ended, as it stands in the trailers (gRPC over HTTP/2), and its deadline.
//
//   grpc-status: 14
//   grpc-message: no route%0Afrom here
//   grpc-timeout: 100m
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/number.h"

namespace weft::grpc {

enum class StatusCode : std::uint8_t {
  ok,
  cancelled,
  unknown,
  invalid_argument,
  deadline_exceeded,
  not_found,
  already_exists,
  permission_denied,
  resource_exhausted,
  failed_precondition,
  aborted,
  out_of_range,
  unimplemented,
  internal,
  unavailable,
  data_loss,
  unauthenticated
};
inline constexpr std::size_t kStatusCodes = 17;

std::string_view status_name(StatusCode code);  // "DEADLINE_EXCEEDED"
// A grpc-status; codes that nobody has defined are unknown, what is not a number is nothing.
std::optional<StatusCode> parse_status(std::string_view text);

struct Status {
  StatusCode code = StatusCode::ok;
  std::string message;  // for people, any bytes
};

// grpc-message: bytes that are not printable ASCII, and '%', as %XX.
std::string encode_message(std::string_view message);
std::string decode_message(std::string_view text);  // what is not an escape stays as it is

// grpc-timeout: at most eight digits and a unit. A longer time is the longest there is (eight
// digits of hours), a fraction that does not fit is rounded up.
std::string encode_timeout(base::Nanoseconds timeout);
std::optional<base::Nanoseconds> parse_timeout(std::string_view text);

// "application/grpc", "application/grpc+proto", "application/grpc; charset=utf-8".
bool is_grpc(std::string_view content_type);

}  // namespace weft::grpc
