#include "cmd/lifecycle/progress.h"

#include <ostream>

#include "lib/base/format.h"
#include "lib/term/progress.h"

namespace weft::cmd {
namespace {

constexpr base::Nanoseconds kHeartbeat = std::chrono::seconds(30);

using lifecycle::Event;
using lifecycle::Happening;

std::string head_of(const Event& event) {
  std::string out;
  if (event.step != 0) out = fmt::format("{}/{} ", event.step, event.steps);
  return out + event.release;
}

std::string with_text(const Event& event) {
  std::string head = head_of(event);
  if (event.text.empty()) return head;
  return head.empty() ? event.text : fmt::format("{}: {}", head, event.text);
}

}  // namespace

void Progress::keep(const std::string& line) {
  context_.err << term::progress_end(context_.err_term) << line << '\n';
  context_.err.flush();
}

void Progress::redraw(const Event& event) {
  const auto now = context_.clock.monotonic();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - step_started_);
  const std::string took = fmt::format("{}s", seconds.count());
  if (context_.err_term.tty) {
    term::Progress line{std::nullopt, head_of(event)};
    line.facts = {event.text, took};
    context_.err << term::progress_line(line, context_.err_term);
    context_.err.flush();
    return;
  }
  const std::string text = with_text(event);
  if (text == last_ && now - told_ < kHeartbeat) return;
  keep(text == last_ ? fmt::format("{} ({})", text, took) : text);
  last_ = text;
  told_ = now;
}

void Progress::tell(const Event& event) {
  const bool unicode = context_.err_term.unicode;
  if (event.step != step_ || event.what == Happening::started) {
    step_ = event.step;
    step_started_ = context_.clock.monotonic();
  }
  if (event.what == Happening::failed) {
    keep(fmt::format("{} {}", unicode ? "✘" : "failed", with_text(event)));
    return;
  }
  if (context_.quiet) return;
  switch (event.what) {
    case Happening::done:
      keep(fmt::format("{} {}{}{}", unicode ? "✔" : "done", head_of(event),
                       event.text.empty() ? "" : "  ", event.text));
      break;
    case Happening::unchanged:
      keep(fmt::format("{} {}  unchanged", unicode ? "✔" : "done", head_of(event)));
      break;
    case Happening::note:
      if (context_.err_term.tty && event.step == 0 && event.release.empty())
        redraw(event);
      else
        keep(with_text(event));
      break;
    case Happening::started:
    case Happening::waiting:
    case Happening::failed:
      redraw(event);
      break;
  }
}

void Progress::finish() {
  if (context_.quiet) return;
  context_.err << term::progress_end(context_.err_term);
  context_.err.flush();
}

}  // namespace weft::cmd
