#include "lib/proc/system_runner.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/proc/child.h"

namespace weft::proc {
namespace {

using base::Error;
using base::ExitCode;
using base::Nanoseconds;
using base::Result;

constexpr Nanoseconds kStopTick = std::chrono::milliseconds(50);
// How long what a dead child wrote may still be on its way through a grandchild's pipe.
constexpr Nanoseconds kDrainGrace = std::chrono::milliseconds(100);

bool is_program(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

// The last lines a child wrote: what it complained about.
std::string last_words(std::string_view text) {
  constexpr std::size_t kMost = 600;
  text = base::trim(text);
  if (text.size() <= kMost) return std::string(text);
  text.remove_prefix(text.size() - kMost);
  const auto line = text.find('\n');
  return std::string(line == std::string_view::npos ? text : text.substr(line + 1));
}

// Hands out the lines of a growing text, each once.
class Lines {
 public:
  Lines(const Command& command, Output output) : command_(command), output_(output) {}

  // With `all`, also a last line that has no end.
  void pass(std::string& whole, bool all) {
    if (!command_.on_line) return;
    const std::string_view text = whole;
    for (auto end = text.find('\n', next_); end != std::string_view::npos;
         end = text.find('\n', next_)) {
      command_.on_line(output_, text.substr(next_, end - next_));
      next_ = end + 1;
    }
    if (all && next_ < text.size()) {
      command_.on_line(output_, text.substr(next_));
      next_ = text.size();
    }
    if (command_.collect) return;
    whole.erase(0, next_);
    next_ = 0;
  }

 private:
  const Command& command_;
  Output output_;
  std::size_t next_ = 0;
};

enum class End { exited, deadline, stopped, too_much };

End wait_for(Child& child, const Command& command, const base::Clock& clock) {
  const auto deadline = clock.monotonic() + command.deadline;
  Lines out(command, Output::out), err(command, Output::err);
  for (;;) {
    const bool over = child.outputs_closed();
    out.pass(child.out, over);
    err.pass(child.err, over);
    const Nanoseconds left = deadline - clock.monotonic();
    const bool gone = child.exited();
    if (gone && child.outputs_closed()) return End::exited;
    if (command.stop != nullptr && command.stop->requested()) return End::stopped;
    if (std::max(child.out.size(), child.err.size()) > command.output_limit) return End::too_much;
    if (gone) {
      child.pump(std::min(left, kDrainGrace));
      out.pass(child.out, true);
      err.pass(child.err, true);
      return child.outputs_closed() || child.exited() ? End::exited : End::deadline;
    }
    if (left <= Nanoseconds::zero()) return End::deadline;
    child.pump(command.stop != nullptr ? std::min(left, kStopTick) : left);
  }
}

// Asks the group to end, then insists.
void end_group(Child& child, Nanoseconds grace, const base::Clock& clock) {
  child.signal_group(SIGINT);
  const auto limit = clock.monotonic() + grace;
  while (!child.exited() && clock.monotonic() < limit) {
    child.out.clear();
    child.pump(kStopTick);
  }
}

}  // namespace

Result<Finished> SystemRunner::run(const Command& command) {
  const std::string& name = command.argv.at(0);
  const auto program = find(name);
  if (!program)
    return Error{ExitCode::tool, fmt::format("{} is not on the PATH", name),
                 fmt::format("install {}, or add its folder to PATH", name)};
  WEFT_TRY(child, Child::spawn(command, *program, env_));
  const End end = wait_for(child, command, clock_);
  if (end == End::exited) {
    const int code = child.reap();
    return Finished{code, std::move(child.out), std::move(child.err)};
  }
  std::string words = last_words(child.err);
  end_group(child, command.grace, clock_);
  if (end == End::stopped) return Error{ExitCode::interrupted, fmt::format("{} was stopped", name)};
  if (end == End::too_much)
    return Error{ExitCode::tool,
                 fmt::format("{} wrote more than {}", command.text(),
                             base::format_size(static_cast<double>(command.output_limit)))};
  return Error{ExitCode::timeout, fmt::format("{} did not end within {}", command.text(),
                                              base::format_duration(command.deadline))}
      .because(std::move(words));
}

std::optional<std::string> SystemRunner::find(const std::string& program) const {
  if (program.empty()) return std::nullopt;
  if (program.find('/') != std::string::npos)
    return is_program(program) ? std::optional(program) : std::nullopt;
  const std::string path = env_.get_or("PATH", "/usr/local/bin:/usr/bin:/bin");
  for (std::string_view folder : base::split(path, ':')) {
    // POSIX reads an empty entry as the working directory; running whatever lies there is a trap.
    if (!folder.starts_with('/')) continue;
    std::string candidate = fmt::format("{}/{}", folder, program);
    if (is_program(candidate)) return candidate;
  }
  return std::nullopt;
}

}  // namespace weft::proc
