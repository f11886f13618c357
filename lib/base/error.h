// What went wrong, for a person: the object by name, the cause, and what to do about it.
// The code decides the exit status of the command that reports the error.
//
//   return base::Error{ExitCode::input, "histogram has a negative count", "check the file"}
//       .at({"result.json", 14, 9});
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "lib/base/exit_code.h"

namespace weft::base {

// A place in an input. Line and column count from 1; 0 means unknown.
struct Where {
  std::string source;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string excerpt;  // the source line, for the caret display; may be empty

  std::string text() const;  // "pattern.yaml:14:9", parts that are unknown left out
};

struct Error {
  ExitCode code = ExitCode::bug;
  std::string message;  // what failed, with the object named; no trailing full stop
  std::string remedy;   // what to try; empty when there is nothing useful to say
  std::string cause;    // the underlying reason (errno text, a child's last lines)
  Where where;

  Error(ExitCode error_code, std::string error_message, std::string error_remedy = {})
      : code(error_code), message(std::move(error_message)), remedy(std::move(error_remedy)) {}

  Error&& at(Where place) && {
    where = std::move(place);
    return std::move(*this);
  }
  Error&& because(std::string reason) && {
    cause = std::move(reason);
    return std::move(*this);
  }
};

// An Error from errno: message "cannot open results/a.json", cause "No such file or directory".
Error system_error(ExitCode code, std::string message, int error_number);

}  // namespace weft::base
