// From what went wrong on the wire to the classes a person reads.
#pragma once

#include <string>

#include "lib/load/engine.h"
#include "lib/net/http1_response.h"

namespace weft::load {

// One failed request or connection, cheap to copy: the words are made only when shown.
struct Failure {
  ErrorClass error = ErrorClass::protocol;
  int error_number = 0;  // errno, 0 when the failure was in the answer
  net::Http1Failure answer = net::Http1Failure::none;
};

Failure failure_of_errno(int error_number);
Failure failure_of_answer(net::Http1Failure answer);

// "the connection was refused (Connection refused)", "the port speaks TLS, not plain HTTP"
std::string describe(const Failure& failure);

}  // namespace weft::load
