#include "lib/perf/processes.h"

#include <csignal>
#include <mutex>
#include <thread>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/perf/worker.h"

namespace weft::perf {
namespace {

using base::Result;
using namespace std::chrono_literals;

constexpr base::Nanoseconds kTick = 20ms;
constexpr base::Nanoseconds kShow = 250ms;
constexpr base::Nanoseconds kLead = 100ms;      // from the order to the start,
constexpr base::Nanoseconds kLeadEach = 2ms;    // and for each worker that must read it
constexpr base::Nanoseconds kStartLimit = 60s;  // until all are ready
constexpr base::Nanoseconds kStopLimit = 5s;    // for last words

std::string last_line(std::string_view text) {
  text = base::trim(text);
  return std::string(text.substr(text.rfind('\n') + 1));
}

std::string how_ended(const Result<proc::Finished>& ended) {
  if (!ended.ok()) return ended.error().message;
  if (ended->exit_code > 128)
    return fmt::format("it was killed by signal {}", ended->exit_code - 128);
  const std::string words = last_line(ended->err);
  return fmt::format("it ended with code {}{}{}", ended->exit_code, words.empty() ? "" : ": ",
                     words);
}

// The workers and what the threads that listen to them share.
class Floor {
 public:
  explicit Floor(const Processes& processes)
      : processes_(processes),
        orders_(processes.folder + "/orders"),
        crew_(processes.count, processes.keep_documents) {}
  ~Floor() { join(); }

  void start() {
    for (unsigned i = 0; i < processes_.count; ++i) threads_.emplace_back([this, i] { listen(i); });
  }
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  Result<void> order(std::string_view text) { return base::write_file(orders_, text); }
  void kill() { kill_.request(); }
  template <typename Ask>
  auto ask(Ask ask) {
    const std::lock_guard lock(mutex_);
    return ask(crew_);
  }
  Crew take() { return std::move(crew_); }

 private:
  void listen(unsigned index) {
    FrameReader reader;
    proc::Command command{
        .argv = processes_.command, .deadline = processes_.limit, .stop = &kill_, .grace = 500ms};
    command.argv.insert(
        command.argv.end(),
        {"--part", fmt::format("{}/{}", index, processes_.count), "--orders", orders_});
    command.on_line = [&](proc::Output output, std::string_view line) {
      if (output == proc::Output::err) return;
      const auto message = reader.take(line);
      if (message) ask([&](Crew& crew) { crew.take(*message); });
    };
    const auto ended = processes_.runner.run(command);
    ask([&](Crew& crew) {
      for (std::string& problem : reader.problems()) crew.add_problem(std::move(problem));
      crew.members()[index].gone = how_ended(ended);
    });
  }

  const Processes& processes_;
  std::string orders_;
  std::mutex mutex_;
  Crew crew_;
  base::StopFlag kill_;
  std::vector<std::thread> threads_;
};

bool all_gone(const Crew& crew) {
  for (const CrewMember& member : crew.members())
    if (member.gone.empty()) return false;
  return true;
}

// Gives the start when all are ready, ends them when asked to or when one is lost before.
Result<void> lead(const Processes& processes, Floor& floor) {
  const base::MonoTime begin = processes.clock.monotonic();
  base::MonoTime shown = begin;
  std::optional<base::MonoTime> stopped;
  bool started = false;
  while (!floor.ask([](Crew& crew) { return all_gone(crew); })) {
    const base::MonoTime now = processes.clock.monotonic();
    const bool lost = !started && floor.ask([](Crew& crew) { return crew.any_settled(); });
    const bool late = !started && now - begin > kStartLimit;
    if (!stopped && (processes.stop.requested() || lost || late)) {
      stopped = now;
      WEFT_CHECK(floor.order(kStopOrder));
    }
    if (stopped && now - *stopped > kStopLimit) floor.kill();
    if (!started && !stopped && floor.ask([](Crew& crew) { return crew.all_ready(); })) {
      started = true;
      WEFT_CHECK(
          floor.order(start_order(processes.clock.wall() + kLead + kLeadEach * processes.count)));
    }
    if (started && processes.progress && now - shown >= kShow) {
      shown = now;
      processes.progress(floor.ask([](Crew& crew) { return crew.progress(); }));
    }
    std::this_thread::sleep_for(kTick);
  }
  return {};
}

}  // namespace

Result<Crew> run_processes(const Processes& processes) {
  Floor floor(processes);
  floor.start();
  auto led = lead(processes, floor);
  if (!led.ok()) floor.kill();
  floor.join();
  if (!led.ok()) return std::move(led).error();
  return floor.take();
}

}  // namespace weft::perf
