#include "lib/conform/probe_service.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <list>
#include <mutex>
#include <thread>

#include "lib/base/clock.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/conform/probe.h"
#include "lib/doc/read.h"
#include "lib/serve/journal.h"

namespace weft::conform {
namespace {

using base::Result;

constexpr std::size_t kMaxLine = 1u << 20;
constexpr int kTickMilliseconds = 200;
constexpr auto kBeat = std::chrono::seconds(5);
constexpr auto kJournalTime = std::chrono::seconds(10);

// The part before the first space, which is taken off.
std::string_view next_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

class ProbeService {
 public:
  ProbeService(const base::StopFlag& stop, const std::function<bool(const std::string&)>& line)
      : stop_(stop), line_(line) {}
  ~ProbeService() {
    ending_.request();
    for (Job& job : jobs_) job.thread.join();
  }
  ProbeService(const ProbeService&) = delete;
  ProbeService& operator=(const ProbeService&) = delete;

  void run(int input) {
    tell(std::string(kProbeService));
    std::string text;
    auto beat = base::system_clock().monotonic();
    while (!stop_.requested() && !ending_.requested() && text.size() <= kMaxLine) {
      pollfd polled{input, POLLIN, 0};
      if (::poll(&polled, 1, kTickMilliseconds) > 0 && !read_some(input, text)) return;
      for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
        begin(text.substr(0, end));
        text.erase(0, end + 1);
      }
      if (const auto now = base::system_clock().monotonic(); now - beat > kBeat) {
        beat = now;
        tell("0 .");
      }
    }
  }

 private:
  struct Job {
    std::atomic<bool> done = false;
    std::thread thread{};
  };

  static bool read_some(int input, std::string& text) {
    char buffer[16 << 10];
    const ssize_t got = ::read(input, buffer, sizeof buffer);
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
  }

  void tell(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (!line_(text)) ending_.request();
  }

  void begin(const std::string& request) {
    std::erase_if(jobs_, [](Job& job) {
      const bool done = job.done;
      if (done) job.thread.join();
      return done;
    });
    std::string_view rest = request;
    const auto id = base::parse_int(next_word(rest));
    if (!id || *id <= 0) return;
    if (jobs_.size() >= kMaxAtOnce) return tell(fmt::format("{} ! too many requests", *id));
    Job& job = jobs_.emplace_back();
    job.thread = std::thread([this, &job, id = *id, what = std::string(rest)] {
      const auto answered = answer(id, what);
      tell(answered.ok() ? fmt::format("{} .", id)
                         : fmt::format("{} ! {}", id, answered.error().message));
      job.done = true;
    });
  }

  Result<void> answer(std::int64_t id, std::string_view what) {
    const std::string_view kind = next_word(what);
    if (kind == "journal") {
      const std::string socket(next_word(what));
      WEFT_TRY(lines, serve::read_journal(socket, 0, what, kJournalTime));
      for (const std::string_view line : base::split(lines, '\n'))
        if (!line.empty()) tell(fmt::format("{} {}", id, line));
      return {};
    }
    if (kind != "plan")
      return base::Error{base::ExitCode::usage, fmt::format("nobody knows a {}", kind)};
    WEFT_TRY(document, doc::read_json(doc::Source("plan", std::string(what))));
    WEFT_TRY(plan, plan_from_json(document));
    run_probe(plan, ending_,
              [&](const std::string& line) { tell(fmt::format("{} {}", id, line)); });
    return {};
  }

  const base::StopFlag& stop_;
  const std::function<bool(const std::string&)>& line_;
  base::StopFlag ending_;
  std::mutex mutex_;
  std::list<Job> jobs_;
};

}  // namespace

void serve_probes(int input, const base::StopFlag& stop,
                  const std::function<bool(const std::string& line)>& line) {
  ProbeService(stop, line).run(input);
}

}  // namespace weft::conform
