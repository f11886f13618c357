#include "lib/conform/pod_session.h"

#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "lib/conform/probe.h"
#include "lib/conform/probe_service.h"
#include "lib/doc/write.h"
#include "lib/proc/pipe.h"

using namespace weft::conform;
using Catch::Contains;
using namespace std::chrono_literals;
namespace base = weft::base;
namespace proc = weft::proc;

namespace {

// Stands for `kubectl exec`: carries the feed to what runs in the pod, and lines back.
class Exec : public proc::Runner {
 public:
  enum class Pod { serves, has_another_image, dies, is_silent };
  Pod pod = Pod::serves;
  std::atomic<int> started = 0;

  base::Result<proc::Finished> run(const proc::Command& command) override {
    ++started;
    if (pod == Pod::has_another_image) {
      command.on_line(proc::Output::err, "--serve: there is no such flag");
      return proc::Finished{2, "", ""};
    }
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const proc::Fd input(ends[0]);
    proc::Fd output(ends[1]);
    std::thread carrier([&] {
      bool over = false;
      while (!over && !command.stop->requested()) {
        std::string text;
        over = command.feed->take(text);
        if (pod == Pod::dies && !text.empty()) break;
        if (pod == Pod::is_silent) text.clear();
        if (::write(output.get(), text.data(), text.size()) < 0) break;
        std::this_thread::sleep_for(1ms);
      }
      output.close();
    });
    serve_probes(input.get(), *command.stop, [&](const std::string& line) {
      command.on_line(proc::Output::out, line);
      return true;
    });
    carrier.join();
    if (pod == Pod::dies)
      command.on_line(proc::Output::err, "command terminated with exit code 137");
    return proc::Finished{};
  }
  std::optional<std::string> find(const std::string& program) const override { return program; }
};

struct Fixture {
  Exec exec;
  base::StopFlag stop;
  PodSession session{exec, {"kubectl"}, stop};
};

// To a port where nobody listens.
std::string plan(std::uint64_t count) {
  ProbePlan out;
  out.request.url = "http://127.0.0.1:1/echo";
  out.request.timeout = 1s;
  out.nonce = "r";
  out.count = count;
  return "plan " + weft::doc::write_json(plan_to_json(out), 0);
}

}  // namespace

TEST_CASE("plans are carried out side by side by one process") {
  Fixture f;
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (std::uint64_t count = 1; count <= 8; ++count)
    threads.emplace_back([&, count] {
      const auto lines = f.session.ask(plan(count), 20s);
      if (!lines.ok()) return;
      const auto report = read_report(*lines);
      if (report.ok() && report->answers.size() == count) ++good;
    });
  for (std::thread& one : threads) one.join();
  CHECK(good == 8);
  CHECK(f.exec.started == 1);
}

TEST_CASE("a request that cannot be carried out says why, and the next one is answered") {
  Fixture f;
  const auto refused = f.session.ask("plan {\"schema\": 1}", 20s);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == base::ExitCode::invalid);
  CHECK_FALSE(f.session.ask("journal /nowhere/weft.sock r", 20s).ok());
  CHECK_THAT(f.session.ask("dance", 20s).error().message, Contains("nobody knows a dance"));
  CHECK(f.session.ask(plan(1), 20s).ok());
}

TEST_CASE("a pod that dies ends the request that it had, with what was said") {
  Fixture f;
  f.exec.pod = Exec::Pod::dies;
  const auto lines = f.session.ask(plan(1), 20s);
  REQUIRE_FALSE(lines.ok());
  CHECK(lines.error().code == base::ExitCode::cluster);
  CHECK_THAT(lines.error().cause, Contains("137"));
  CHECK(f.session.began());
  CHECK(f.session.ended());
}

TEST_CASE("a pod with another image has not begun") {
  Exec exec;
  exec.pod = Exec::Pod::has_another_image;
  const base::StopFlag stop;
  PodSession session(exec, {"kubectl"}, stop);
  const auto lines = session.ask(plan(1), 20s);
  REQUIRE_FALSE(lines.ok());
  CHECK_THAT(lines.error().cause, Contains("no such flag"));
  CHECK_FALSE(session.began());
}

TEST_CASE("a request has a deadline, and a stop is heard meanwhile") {
  Fixture f;
  f.exec.pod = Exec::Pod::is_silent;
  CHECK(f.session.ask(plan(1), 100ms).error().code == base::ExitCode::timeout);
  Fixture other;
  other.exec.pod = Exec::Pod::is_silent;
  other.stop.request();
  CHECK(other.session.ask(plan(1), 20s).error().code == base::ExitCode::interrupted);
}
