// What is told while an operation goes on. On a terminal one line is redrawn and finished steps
// stay above it; elsewhere a line when something changes, and one every 30 seconds when nothing
// does; only failures when quiet.
//
//   Progress progress(context);
//   work.tell = [&](const lifecycle::Event& event) { progress.tell(event); };
//   ...
//   progress.finish();
#pragma once

#include <string>

#include "cmd/context.h"
#include "lib/lifecycle/work.h"

namespace weft::cmd {

class Progress {
 public:
  explicit Progress(Context& context) : context_(context) {}
  void tell(const lifecycle::Event& event);
  void finish();  // clears the line that is redrawn

 private:
  void keep(const std::string& line);  // a line that stays
  void redraw(const lifecycle::Event& event);

  Context& context_;
  std::size_t step_ = 0;
  base::MonoTime step_started_{};
  base::MonoTime told_{};
  std::string last_;
};

}  // namespace weft::cmd
