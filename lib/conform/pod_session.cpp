#include "lib/conform/pod_session.h"

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/conform/probe_service.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using namespace std::chrono_literals;

constexpr auto kTick = 50ms;  // between looks at the stop flag
constexpr auto kSilence = 45s;
constexpr auto kPatience = 2s;  // until a closed session is killed
constexpr std::size_t kMaxComplaint = 4096;

base::MonoTime now() { return base::system_clock().monotonic(); }

}  // namespace

PodSession::PodSession(proc::Runner& runner, std::vector<std::string> argv,
                       const base::StopFlag& stop)
    : stop_(stop), heard_(now()) {
  proc::Command command{.argv = std::move(argv)};
  command.feed = feed_;
  command.deadline = std::chrono::hours(24);
  command.stop = &kill_;
  command.on_line = [this](proc::Output output, std::string_view line) { hear(output, line); };
  command.collect = false;
  thread_ =
      std::thread([this, &runner, command = std::move(command)] { end(runner.run(command)); });
}

PodSession::~PodSession() {
  close();
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [this] { return ended_; });
  }
  kill_.request();
  thread_.join();
}

void PodSession::close() { feed_->close(); }

bool PodSession::began() const {
  const std::lock_guard lock(mutex_);
  return began_;
}

bool PodSession::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void PodSession::hear(proc::Output output, std::string_view line) {
  const std::lock_guard lock(mutex_);
  if (output == proc::Output::err) {
    if (complaint_.size() < kMaxComplaint) complaint_ += fmt::format("{}\n", line);
    return;
  }
  heard_ = now();
  if (line == kProbeService) {
    began_ = true;
    return changed_.notify_all();
  }
  const auto space = line.find(' ');
  const auto id = base::parse_int(line.substr(0, space));
  if (!id || space == std::string_view::npos) return;
  const auto found = requests_.find(static_cast<std::uint64_t>(*id));
  if (found == requests_.end()) return;
  const std::string_view text = line.substr(space + 1);
  Request& request = found->second;
  request.done = text == "." || text.starts_with("! ");
  if (!request.done)
    request.lines += fmt::format("{}\n", text);
  else if (text != ".")
    request.refusal = text.substr(2);
  if (request.done) changed_.notify_all();
}

void PodSession::end(const Result<proc::Finished>& how) {
  const std::lock_guard lock(mutex_);
  if (!how.ok()) complaint_ += how.error().message;
  ended_ = true;
  changed_.notify_all();
}

Error PodSession::why_ended() const {
  return Error{ExitCode::cluster, "the prober ended before its work was done"}.because(
      std::string(base::trim(complaint_)));
}

Result<std::string> PodSession::ask(const std::string& request, base::Nanoseconds timeout) {
  std::unique_lock lock(mutex_);
  const std::uint64_t id = ++last_;
  const Request& own = requests_[id];
  const auto give_up = [&](Error error) -> Result<std::string> {
    requests_.erase(id);
    return error;
  };
  const auto deadline = now() + timeout;
  heard_ = std::max(heard_, now());
  bool sent = false;
  while (!own.done) {
    if (ended_) return give_up(why_ended());
    if (stop_.requested()) return give_up({ExitCode::interrupted, "the prober was stopped"});
    if (now() > deadline || now() - heard_ > kSilence) {
      kill_.request();
      return give_up({ExitCode::timeout, now() > deadline ? "the prober did not end in time"
                                                          : "the prober is silent"});
    }
    if (began_ && !sent) {
      feed_->write(fmt::format("{} {}\n", id, request));
      sent = true;
    }
    changed_.wait_for(lock, kTick);
  }
  Request answer = std::move(requests_.extract(id).mapped());
  if (!answer.refusal.empty()) return Error{ExitCode::invalid, std::move(answer.refusal)};
  return std::move(answer.lines);
}

}  // namespace weft::conform
