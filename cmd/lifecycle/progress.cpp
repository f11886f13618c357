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

void Progress::redraw(const Event& event, Line& line) {
  const auto now = context_.clock.monotonic();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - line.started);
  const std::string took = fmt::format("{}s", seconds.count());
  if (context_.err_term.tty) {
    term::Progress drawn{std::nullopt, head_of(event)};
    drawn.facts = {event.text, took};
    context_.err << term::progress_line(drawn, context_.err_term);
    context_.err.flush();
    return;
  }
  const std::string text = with_text(event);
  if (text == line.text && now - line.told < kHeartbeat) return;
  keep(text == line.text ? fmt::format("{} ({})", text, took) : text);
  line.text = text;
  line.told = now;
}

void Progress::tell(const Event& event) {
  const std::lock_guard lock(mutex_);
  const bool unicode = context_.err_term.unicode;
  const auto [at, is_new] = lines_.try_emplace(event.release);
  Line& line = at->second;
  if (is_new || event.step != line.step || event.what == Happening::started) {
    line.step = event.step;
    line.started = context_.clock.monotonic();
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
        redraw(event, line);
      else
        keep(with_text(event));
      break;
    case Happening::started:
    case Happening::waiting:
    case Happening::failed:
      redraw(event, line);
      break;
  }
}

void Progress::finish() {
  if (context_.quiet) return;
  const std::lock_guard lock(mutex_);
  context_.err << term::progress_end(context_.err_term);
  context_.err.flush();
}

}  // namespace weft::cmd
