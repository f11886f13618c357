// --events: what an operation tells, for programs. One JSON object a line, written at once:
//
//   {"time":"2026-03-01T12:00:00Z","op":"...","event":"waiting","step":2,"steps":2,
//    "release":"istiod","text":"Deployment istio-system/istiod 0/1 available"}
//
// `event` is started, waiting, done, unchanged, failed or note; step, steps and release are left
// out of what belongs to no step. The same line twice is written once.
#pragma once

#include <fstream>
#include <string>

#include "cmd/context.h"
#include "lib/base/result.h"
#include "lib/lifecycle/work.h"

namespace weft::cmd {

class EventLog {
 public:
  // `path` "" keeps none, "-" is standard error. A file that cannot be opened is a usage error.
  static base::Result<EventLog> open(Context& context, const std::string& path);

  bool on_standard_error() const { return path_ == "-"; }
  void write(Context& context, const std::string& op, const lifecycle::Event& event);

 private:
  std::string path_;
  std::ofstream file_;
  std::string last_;
};

}  // namespace weft::cmd
