#include "lib/base/error.h"

#include <cstring>

namespace weft::base {

std::string Where::text() const {
  std::string out = source;
  if (line != 0) {
    out += ':' + std::to_string(line);
    if (column != 0) out += ':' + std::to_string(column);
  }
  return out;
}

Error system_error(ExitCode code, std::string message, int error_number) {
  char buffer[256];
  return Error{code, std::move(message)}.because(::strerror_r(error_number, buffer, sizeof buffer));
}

}  // namespace weft::base
