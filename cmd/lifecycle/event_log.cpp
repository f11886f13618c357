#include "cmd/lifecycle/event_log.h"

#include <array>
#include <ostream>

#include "lib/base/clock.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;

constexpr std::array<std::string_view, 6> kHappenings{"started",   "waiting", "done",
                                                      "unchanged", "failed",  "note"};

}  // namespace

base::Result<EventLog> EventLog::open(Context& context, const std::string& path) {
  EventLog log;
  log.path_ = path;
  if (path.empty() || path == "-") return log;
  const bool whole_path = path.front() == '/' || context.directory.empty();
  const std::string whole = whole_path ? path : context.directory + '/' + path;
  log.file_.open(whole, std::ios::app);
  if (!log.file_)
    return Error{ExitCode::usage, fmt::format("{} cannot be written", path),
                 "give --events a file that may be written, or -"};
  return log;
}

void EventLog::write(Context& context, const std::string& op, const lifecycle::Event& event) {
  if (path_.empty()) return;
  doc::Value line;
  line.set("op", op).set("event", kHappenings[static_cast<std::size_t>(event.what)]);
  if (event.step != 0)
    line.set("step", static_cast<std::int64_t>(event.step))
        .set("steps", static_cast<std::int64_t>(event.steps));
  if (!event.release.empty()) line.set("release", event.release);
  if (!event.text.empty()) line.set("text", event.text);
  const std::string text = doc::write_json(line, 0);
  if (text == last_) return;
  last_ = text;
  doc::Value timed;
  timed.set("time", base::format_rfc3339(context.clock.wall()));
  for (const auto& member : line.members()) timed.set(member.key, member.value);
  std::ostream& out = on_standard_error() ? context.err : static_cast<std::ostream&>(file_);
  out << doc::write_json(timed, 0);  // ends the line
  out.flush();
}

}  // namespace weft::cmd
