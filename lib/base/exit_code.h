// The exit codes of weft: one enum, one table that help, man pages, README and tests read.
//
//   return base::ExitCode::input;            // the file given is not usable
//   for (const auto& row : base::exit_codes()) ...
#pragma once

#include <span>
#include <string_view>

namespace weft::base {

enum class ExitCode : int {
  done = 0,
  no = 1,            // the answer is "no": findings, failed check, missed threshold, differences
  usage = 2,         // wrong flags or arguments
  input = 3,         // a file or document is not usable
  cluster = 4,       // cluster unreachable, unauthorised, or object not found
  tool = 5,          // kubectl, helm, fortio ... missing or failed
  timeout = 6,       // a time limit was reached
  unconfirmed = 7,   // confirmation needed and not given
  invalid = 8,       // the measurement or result cannot be trusted
  bug = 70,          // a defect of weft
  interrupted = 130  // 128 + SIGINT
};

struct ExitCodeRow {
  ExitCode code;
  std::string_view name;
  std::string_view meaning;
};

std::span<const ExitCodeRow> exit_codes();

}  // namespace weft::base
