// What is told while a run goes on: a line redrawn in place on a terminal; elsewhere one line at
// the start and then a heartbeat every 30 s; nothing when quiet.
//
//   Live live(context, plan);
//   auto outcome = load::run(plan, [&](const load::Progress& now) { live.update(now); }, stop);
//   live.finish();
#pragma once

#include <vector>

#include "cmd/context.h"
#include "lib/load/engine.h"

namespace weft::cmd {

class Live {
 public:
  // `none`: the caller tells about the run where there is no terminal.
  enum class Heartbeat { told, none };
  Live(Context& context, const load::Plan& plan, Heartbeat heartbeat = Heartbeat::told);
  void update(const load::Progress& now);
  void finish();  // clears the line

 private:
  std::string head(const load::Progress& now) const;

  Context& context_;
  const load::Plan& plan_;
  std::vector<double> rates_;
  Heartbeat heartbeat_;
  base::Nanoseconds told_{0};  // when the last heartbeat was
};

}  // namespace weft::cmd
