// What is told while an operation goes on. On a terminal one line is redrawn and finished steps
// stay above it; elsewhere a line when something changes, and one every 30 seconds when nothing
// does; only failures when quiet.
//
//   Progress progress(context);
//   work.tell = [&](const lifecycle::Event& event) { progress.tell(event); };
//   ...
//   progress.finish();
//
// May be told from several threads: what goes on side by side shares the line that is redrawn.
#pragma once

#include <map>
#include <mutex>
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
  // One release, or what belongs to none.
  struct Line {
    std::size_t step = 0;
    base::MonoTime started{};
    base::MonoTime told{};
    std::string text;  // told last
  };

  void keep(const std::string& line);  // a line that stays
  void redraw(const lifecycle::Event& event, Line& line);

  Context& context_;
  std::mutex mutex_;
  std::map<std::string, Line> lines_;  // by release
};

}  // namespace weft::cmd
