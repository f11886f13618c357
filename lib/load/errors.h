// From what went wrong on the wire to the classes a person reads.
#pragma once

#include <string>

#include "lib/grpc/answer.h"
#include "lib/load/engine.h"
#include "lib/net/http1_response.h"
#include "lib/net/http2.h"
#include "lib/net/proxy.h"
#include "lib/net/tls.h"

namespace weft::load {

// One failed request or connection, cheap to copy: the words are made only when shown.
struct Failure {
  ErrorClass error = ErrorClass::protocol;
  int error_number = 0;  // errno, 0 when the failure was in the answer
  net::Http1Failure answer = net::Http1Failure::none;
  net::TlsFailure tls = net::TlsFailure::none;
  net::Http2Fault http2;
  net::ProxyFault proxy;
  grpc::AnswerFault grpc = grpc::AnswerFault::none;
  bool altered = false;      // an echo came back as something else
  bool unprocessed = false;  // the peer says that it has not begun with the request
};

Failure failure_of_errno(int error_number);
Failure failure_of_answer(net::Http1Failure answer);
Failure failure_of_http2(net::Http2Fault fault);
Failure failure_of_proxy(net::ProxyFault fault);
Failure failure_of_grpc(grpc::AnswerFault fault);
Failure failure_of_tls(net::TlsFailure failure);

// "the connection was refused (Connection refused)", "the port speaks TLS, not plain HTTP"
std::string describe(const Failure& failure);
std::string_view remedy_for(const Failure& failure);  // may be empty

}  // namespace weft::load
