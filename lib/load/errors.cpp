#include "lib/load/errors.h"

#include <cerrno>
#include <system_error>

#include "lib/base/format.h"

namespace weft::load {
namespace {

struct Row {
  ErrorClass error;
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array<Row, kErrorClasses> kRows = {{
    {ErrorClass::dns, "dns", "the name of the target could not be resolved"},
    {ErrorClass::refused, "refused", "the target refused the connection"},
    {ErrorClass::unreachable, "unreachable", "there is no way to the target"},
    {ErrorClass::reset, "reset", "the target reset the connection"},
    {ErrorClass::closed, "closed", "the target closed the connection without an answer"},
    {ErrorClass::timeout, "timeout", "the answer did not come in time"},
    {ErrorClass::proxy, "proxy", "the proxy did not let the connection through"},
    {ErrorClass::tls, "tls", "TLS failed, or met plain HTTP"},
    {ErrorClass::protocol, "protocol", "the answer broke the rules of its protocol"},
    {ErrorClass::short_body, "short_body", "the answer ended before its stated length"},
    {ErrorClass::stream_reset, "stream_reset", "the target reset the stream of the request"},
    {ErrorClass::status, "status",
     "the answer carried a bad status: 400 or more, or in gRPC not OK"},
    {ErrorClass::resources, "resources", "this machine ran out of files, ports or memory"},
    {ErrorClass::grpc, "grpc", "the answer was not well-formed gRPC"},
}};

const Row& row_of(ErrorClass error) { return kRows[static_cast<std::size_t>(error)]; }

}  // namespace

std::string_view error_name(ErrorClass error) { return row_of(error).name; }
std::string_view error_meaning(ErrorClass error) { return row_of(error).meaning; }

Failure failure_of_errno(int error_number) {
  const auto error_class = [&] {
    switch (error_number) {
      case ECONNREFUSED:
      case ENOENT:  // no such Unix socket
        return ErrorClass::refused;
      case ENETUNREACH:
      case EHOSTUNREACH:
      case ENETDOWN:
      case EHOSTDOWN:
      case EAFNOSUPPORT:
      case EACCES:
      case EPERM:
      case ENOTSOCK:
        return ErrorClass::unreachable;
      case ETIMEDOUT:
        return ErrorClass::timeout;
      case EMFILE:
      case ENFILE:
      case ENOMEM:
      case ENOBUFS:
      case EADDRNOTAVAIL:  // no local port is left
      case EAGAIN:         // the backlog of a Unix socket is full
        return ErrorClass::resources;
      default:  // ECONNRESET, EPIPE
        return ErrorClass::reset;
    }
  };
  return {.error = error_class(), .error_number = error_number};
}

Failure failure_of_answer(net::Http1Failure answer) {
  const auto error_class = [&] {
    switch (answer) {
      case net::Http1Failure::closed:
        return ErrorClass::closed;
      case net::Http1Failure::truncated:
        return ErrorClass::short_body;
      case net::Http1Failure::tls:
        return ErrorClass::tls;
      default:
        return ErrorClass::protocol;
    }
  };
  return {.error = error_class(), .answer = answer};
}

Failure failure_of_http2(net::Http2Fault fault) {
  const auto error_class = [&] {
    switch (fault.failure) {
      case net::Http2Failure::reset:
        return ErrorClass::stream_reset;
      case net::Http2Failure::none:
      case net::Http2Failure::ended:
        return ErrorClass::closed;
      default:
        return ErrorClass::protocol;
    }
  };
  const bool refused =
      fault.failure == net::Http2Failure::reset && fault.code == net::kHttp2RefusedStream;
  return {.error = error_class(), .http2 = fault, .unprocessed = refused};
}

Failure failure_of_proxy(net::ProxyFault fault) {
  return {.error = ErrorClass::proxy, .proxy = fault};
}

Failure failure_of_grpc(grpc::AnswerFault fault) {
  const bool cut_off = fault == grpc::AnswerFault::cut_off;
  return {.error = cut_off ? ErrorClass::short_body : ErrorClass::grpc, .grpc = fault};
}

Failure failure_of_tls(net::TlsFailure failure) {
  return {.error = ErrorClass::tls, .tls = failure};
}

std::string describe(const Failure& failure) {
  if (failure.answer != net::Http1Failure::none)
    return std::string(net::http1_failure_text(failure.answer));
  if (failure.tls != net::TlsFailure::none) return std::string(net::tls_failure_text(failure.tls));
  if (failure.proxy) return net::proxy_fault_text(failure.proxy);
  if (failure.http2) return net::http2_fault_text(failure.http2);
  if (failure.grpc != grpc::AnswerFault::none)
    return std::string(grpc::answer_fault_text(failure.grpc));
  if (failure.altered) return "what came back is not what was sent";
  const std::string_view meaning = error_meaning(failure.error);
  if (failure.error_number == 0) return std::string(meaning);
  return fmt::format("{} ({})", meaning, std::generic_category().message(failure.error_number));
}

std::string_view remedy_for(const Failure& failure) {
  if (failure.answer == net::Http1Failure::tls) return "write https://";
  if (failure.answer == net::Http1Failure::http2) return "ask for it with --http 2";
  if (failure.proxy.failure == net::ProxyFailure::wants_credentials)
    return "give them: --proxy http://USER:PASSWORD@HOST:PORT";
  if (failure.http2.failure == net::Http2Failure::not_http2) return "ask for it with --http 1.1";
  return net::tls_failure_remedy(failure.tls);
}

}  // namespace weft::load
